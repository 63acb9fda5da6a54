/** The renderer's files, by a relative path that cannot leave their folder, with the headers that lock the page down. */
import { readFile } from 'node:fs/promises'
import { extname, isAbsolute, join, normalize, relative } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
}

export interface StaticFile {
  readonly type: string
  readonly body: Uint8Array
}

/** The file for a URL path, or undefined: no such file, an unknown type, or a path that would leave `folder`. */
export async function staticFile(folder: string, urlPath: string): Promise<StaticFile | undefined> {
  const path = decoded(urlPath)
  if (path === undefined || path.includes('\0') || path.includes('\\')) return undefined
  const file = normalize(join(folder, path.endsWith('/') ? `${path}index.html` : path))
  const inside = relative(folder, file)
  const type = TYPES[extname(file)]
  if (inside.startsWith('..') || isAbsolute(inside) || type === undefined) return undefined
  return await readFile(file).then(
    (body) => ({ type, body }),
    () => undefined,
  )
}

function decoded(urlPath: string): string | undefined {
  try {
    return decodeURIComponent(urlPath)
  } catch {
    return undefined
  }
}

/** Content security policy and its companions (checklist rows 7, 8, 25): one WebSocket origin, everything else from here or not at all. */
export const lockedDown = (port: number): Readonly<Record<string, string>> => ({
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "media-src 'self'",
    `connect-src ws://127.0.0.1:${port}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
  'Cache-Control': 'no-store',
})
