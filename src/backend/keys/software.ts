/** The default key store: private keys as PKCS#8 in the database, encrypted at rest, opened once per process. */
import { createPrivateKey, generateKeyPair, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import type { Clock } from '../../base/clock.ts'
import type { AlgorithmName } from '../../pki/algorithm.ts'
import { newId } from '../store/ids.ts'
import type { Migration } from '../store/migrate.ts'
import { type Store, StoreRefused } from '../store/store.ts'
import { HASH_OF, type KeyStore, type PrivateKeyRef, SigningUnavailable } from './key-store.ts'
import type { Sealer } from './seal.ts'

export const softwareKeyTables: Migration = {
  name: 'software keys',
  statements: ['CREATE TABLE software_key (id TEXT PRIMARY KEY, sealed BYTEA NOT NULL, at BIGINT NOT NULL)'],
}

/** Another master key would open nothing here, and seal what nobody else opens. Throws `StoreRefused`. */
export async function mustOpen(store: Store, sealed: Sealer): Promise<void> {
  const row = await store.get<{ id: string; sealed: Uint8Array }>('SELECT id, sealed FROM software_key LIMIT 1')
  if (row === undefined) return
  try {
    sealed.open(row.sealed, row.id).fill(0)
  } catch {
    throw new StoreRefused(
      'This database was made with another master key; put that master.key into the --data folder.',
    )
  }
}

const generate = promisify(generateKeyPair)
const signBytes = promisify(sign)

const generated = (algorithm: AlgorithmName) =>
  algorithm === 'rsa2048-sha256' ? generate('rsa', { modulusLength: 2048 }) : generate('ec', { namedCurve: 'P-384' })

export function softwareKeys(store: Store, sealed: Sealer, clock: Clock): KeyStore {
  const opened = new Map<string, KeyObject>()

  async function open(id: string): Promise<KeyObject> {
    const known = opened.get(id)
    if (known !== undefined) return known
    const row = await store.get<{ sealed: Uint8Array }>('SELECT sealed FROM software_key WHERE id = ?', id)
    if (row === undefined) throw new SigningUnavailable('the key store does not hold this key')
    const pkcs8 = sealed.open(row.sealed, id)
    const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
    pkcs8.fill(0)
    opened.set(id, key)
    return key
  }

  return {
    async generate(algorithm) {
      const { privateKey, publicKey } = await generated(algorithm)
      const id = newId(clock.now())
      const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' })
      const bytes = sealed.seal(pkcs8, id)
      pkcs8.fill(0)
      await store.transaction((tx) =>
        tx.run('INSERT INTO software_key (id, sealed, at) VALUES (?, ?, ?)', id, bytes, clock.now()),
      )
      return { id, algorithm, publicKey: Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' })) }
    },
    async sign(key: PrivateKeyRef, bytes: Uint8Array) {
      const privateKey = opened.get(key.id) ?? (await open(key.id))
      const { buffer, byteOffset, length } = await signBytes(HASH_OF[key.algorithm], bytes, privateKey)
      return new Uint8Array(buffer, byteOffset, length)
    },
    async close() {
      opened.clear()
    },
  }
}
