/**
 * The terminal's key for its connection to the backend, kept by the store of the operating system (checklist row 20). Where that store
 * only pretends – on Linux without a keyring Electron falls back to a password that everybody knows – the key is refused, not written.
 */
import { readFile } from 'node:fs/promises'
import type { SafeStorage } from 'electron'
import { writeWhole } from '../write-whole.ts'

export type OsStore = Pick<SafeStorage, 'isEncryptionAvailable' | 'encryptString' | 'decryptString'> &
  Partial<Pick<SafeStorage, 'getSelectedStorageBackend'>>

/** The machine has nowhere safe for a key. */
export class NoKeyStore extends Error {
  override readonly name = 'NoKeyStore'
  constructor() {
    super(
      'this machine has no store for keys: sign in to a desktop with a keyring, or let the backend be reached without one',
    )
  }
}

export class TerminalKeyFile {
  readonly #store: OsStore
  readonly #path: string

  constructor(store: OsStore, path: string) {
    this.#store = store
    this.#path = path
  }

  /** PEM of certificate and key. Throws `NoKeyStore`. */
  async save(pem: string): Promise<void> {
    this.#mustBeSafe()
    await writeWhole(this.#path, this.#store.encryptString(pem))
  }

  /** Undefined when there is none yet. Throws `NoKeyStore`, and whatever the store says of a file that is not its own. */
  async load(): Promise<string | undefined> {
    const sealed = await readFile(this.#path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (sealed === undefined) return undefined
    this.#mustBeSafe()
    return this.#store.decryptString(sealed)
  }

  #mustBeSafe(): void {
    const backend = this.#store.getSelectedStorageBackend?.()
    if (!this.#store.isEncryptionAvailable() || backend === 'basic_text' || backend === 'unknown')
      throw new NoKeyStore()
  }
}
