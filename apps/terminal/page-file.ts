/** The built pages' files, by a relative path that cannot leave their folder (checklist row 5), for every door that serves them. */
import { readFile } from 'node:fs/promises'
import { extname, isAbsolute, join, relative } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.ogg': 'audio/ogg',
}

export interface PageFile {
  readonly type: string
  readonly body: Uint8Array
}

export interface FilePath {
  readonly type: string
  readonly path: string
}

/** Where the file of a URL path lies; undefined for an unknown type and for every path that is not plainly inside `folder`. */
export function filePath(folder: string, urlPath: string): FilePath | undefined {
  const path = decoded(urlPath)
  if (path === undefined || !path.startsWith('/') || /[\0\\:]/.test(path)) return undefined
  const parts = (path.endsWith('/') ? `${path}index.html` : path).slice(1).split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return undefined
  const file = join(folder, ...parts)
  const inside = relative(folder, file)
  const type = TYPES[extname(file)]
  if (inside.startsWith('..') || isAbsolute(inside) || type === undefined) return undefined
  return { type, path: file }
}

/** The file for a URL path, or undefined. */
export async function pageFile(folder: string, urlPath: string): Promise<PageFile | undefined> {
  const found = filePath(folder, urlPath)
  return (
    found &&
    (await readFile(found.path).then(
      (body) => ({ type: found.type, body }),
      () => undefined,
    ))
  )
}

function decoded(urlPath: string): string | undefined {
  try {
    return decodeURIComponent(urlPath)
  } catch {
    return undefined
  }
}
