/** The one secret that opens the database's encrypted columns: 32 bytes in a file only its owner may read. */
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { StoreRefused } from '../store/store.ts'

/** Reads the master key, or makes it when `create` is set and the file is missing. Throws `StoreRefused`. */
export function masterKey(path: string, create: boolean): KeyObject {
  if (create) writeNew(path)
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch {
    throw new StoreRefused(`The key file ${path} cannot be read; without it the database does not open.`)
  }
  if (bytes.length !== 32) throw new StoreRefused(`The key file ${path} does not hold 32 bytes.`)
  if ((statSync(path).mode & 0o077) !== 0)
    throw new StoreRefused(`The key file ${path} may be read by others; set its mode to 600.`)
  return createSecretKey(bytes)
}

function writeNew(path: string): void {
  let file: number
  try {
    file = openSync(path, 'wx', 0o600)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return
    throw cannot(path, error)
  }
  try {
    writeSync(file, randomBytes(32))
    fsyncSync(file)
  } catch (error) {
    // Half a key would be taken for a damaged one at the next start.
    rmSync(path, { force: true })
    throw cannot(path, error)
  } finally {
    closeSync(file)
  }
}

const cannot = (path: string, cause: unknown) =>
  new StoreRefused(`The key file ${path} cannot be made; is the disk full or only read?`, { cause })
