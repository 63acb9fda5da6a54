/** Files and folders that options name: what is wrong with them is one sentence, told before anything is made. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { makeUsableFolder } from '../../src/backend/store/make-folder.ts'
import { StoreRefused } from '../../src/backend/store/store.ts'
import { UsageError } from './command.ts'

/** The folder of `--data`, made when it is missing; for nobody but its owner. */
export function folderFor(data: string): void {
  try {
    makeUsableFolder(data)
  } catch (error) {
    if (error instanceof StoreRefused) throw new UsageError(`--data: ${error.message}`)
    throw error
  }
}

export function read(path: string, option: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new UsageError(`--${option}: ${path} cannot be read`)
  }
}

/** A key or a certificate that OpenSSL can read, so that a slip is told before anything is made. */
export function pem(path: string, option: string, kind: 'PRIVATE KEY' | 'CERTIFICATE'): string {
  const text = read(path, option)
  try {
    if (kind === 'CERTIFICATE') new X509Certificate(text)
    else createPrivateKey(text)
  } catch {
    throw new UsageError(`--${option}: ${path} holds no ${kind.toLowerCase()} in PEM`)
  }
  return text
}
