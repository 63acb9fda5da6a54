/** The folder an operator names with `--data`: made with the folders above it, and tried, before anything else is done in it. */
import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, type Stats, statSync, writeSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { StoreRefused } from './store.ts'

export const FULL_DISK = 'lies on a disk that is full'
const WHY: Readonly<Record<string, string>> = {
  ENOTDIR: 'is a file and no folder, or lies below one',
  EACCES: 'may not be written by this user',
  EPERM: 'may not be written by this user',
  EROFS: 'lies on a disk that is only read',
  ENOSPC: FULL_DISK,
  EDQUOT: FULL_DISK,
  EFBIG: FULL_DISK,
}
const OTHERWISE = 'cannot be made or written'

/** Where it is made it is for this account alone. Throws `StoreRefused` with a sentence for the operator. */
export const makeFolder = (folder: string): void => told(folder, make)

/** Makes it and writes a little in it, to be done once before anything else is. Throws `StoreRefused`. */
export const makeUsableFolder = (folder: string): void =>
  told(folder, (path) => {
    make(path)
    tryWriting(path)
  })

function told(folder: string, work: (path: string) => void): void {
  try {
    work(resolve(folder))
  } catch (error) {
    throw new StoreRefused(`The folder ${folder} ${whyNot(error) ?? OTHERWISE}; choose another one for --data.`, {
      cause: error,
    })
  }
}

/** What a call of the file system says of a folder, as the rest of a sentence; undefined where it is about something else. */
export const whyNot = (error: unknown): string | undefined => WHY[(error as NodeJS.ErrnoException).code ?? '']

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

/** Rights and free space can be told in no other way: root is let into what it cannot write, and a disk counts what it does not give. */
function tryWriting(folder: string): void {
  const path = join(folder, `.tried-${randomUUID()}`)
  const file = openSync(path, 'wx', 0o600)
  try {
    // A disk on which only a part has room takes that part and says nothing.
    if (writeSync(file, TRIED) < TRIED.length) throw Object.assign(new Error(path), { code: 'ENOSPC' })
    fsyncSync(file)
  } finally {
    closeSync(file)
    rmSync(path, { force: true })
  }
}

/** An empty database with its log is about as large. */
const TRIED = new Uint8Array(64 * 1024)
