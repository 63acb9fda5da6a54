/** The files of the project as the house tests see them. Paths are relative to the root, with forward slashes. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

export const root = join(import.meta.dirname, '../..')

/** Every file that is in the repository or would be with the next `git add`. */
export function projectFiles(): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0')
  return listed.filter((path) => path !== '' && existsSync(join(root, path)))
}

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** TypeScript of the house itself, tests aside. */
export const sourceFiles = (): string[] =>
  projectFiles().filter((path) => /^(src|drivers|applets-sim|apps)\/.*\.tsx?$/.test(path))

export interface Import {
  readonly from: string
  /** A path inside the project, or a package or `node:` name. */
  readonly to: string
  /** Nothing of it is left at run time. */
  readonly typesOnly: boolean
}

const STATIC =
  /^[ \t]*(?:import|export)\s+(?:(type\s+)?((?:\w+\s*,\s*)?(?:\{[^}]*\}|\*(?:\s+as\s+\w+)?|\w+))\s+from\s+)?'([^']+)'/gm
const DYNAMIC = /\bimport(?:\.meta\.resolve)?\(\s*'([^']+)'\s*\)/g

/** The imports and re-exports of one file. */
export function importsOf(path: string): Import[] {
  const text = read(path)
  const found: Import[] = []
  for (const [, type, names, to] of text.matchAll(STATIC))
    found.push({ from: path, to: resolve(path, to as string), typesOnly: type !== undefined || onlyTypes(names) })
  for (const [, to] of text.matchAll(DYNAMIC))
    found.push({ from: path, to: resolve(path, to as string), typesOnly: false })
  return found
}

/** `{ type A, type B }` */
function onlyTypes(names: string | undefined): boolean {
  const inBraces = names?.match(/^\{([^}]*)\}$/)?.[1]
  if (inBraces === undefined) return false
  const parts = inBraces
    .replace(/\/\/.*$/gm, '')
    .split(',')
    .map((part) => part.trim())
  return parts.every((part) => part === '' || part.startsWith('type '))
}

const resolve = (from: string, to: string): string =>
  to.startsWith('.') ? posix.normalize(posix.join(posix.dirname(from), to)) : to
