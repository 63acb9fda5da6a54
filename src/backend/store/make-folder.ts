/** The folder an operator names with `--data`, with the folders above it. */
import { mkdirSync, type Stats, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { StoreRefused } from './store.ts'

const WHY: Readonly<Record<string, string>> = {
  ENOTDIR: 'is a file and no folder, or lies below one',
  EACCES: 'may not be made by this user',
  EPERM: 'may not be made by this user',
  EROFS: 'lies on a disk that is only read',
  ENOSPC: 'lies on a disk that is full',
  EDQUOT: 'is more than this user may have on that disk',
}

/** Throws `StoreRefused` with a sentence for the operator. Only for this account to look into, where it is made. */
export function makeFolder(folder: string): void {
  try {
    make(resolve(folder))
  } catch (error) {
    const why = WHY[(error as NodeJS.ErrnoException).code ?? ''] ?? 'cannot be made'
    throw new StoreRefused(`The folder ${folder} ${why}; choose another one for --data.`, { cause: error })
  }
}

/** By hand, since Node's own way with `recursive` never comes back where the system denies that the folder above is there, as /proc does. */
function make(path: string): void {
  const found: Stats | undefined = statSync(path, { throwIfNoEntry: false })
  if (found?.isDirectory() === true) return
  if (found !== undefined) throw Object.assign(new Error(path), { code: 'ENOTDIR' })
  const above = dirname(path)
  if (above !== path) make(above)
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
