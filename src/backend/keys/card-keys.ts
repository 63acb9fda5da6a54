/** The issuer's keys of cards: every card has a set of its own, made from a master key that stays behind this port (rule 17). */
import { randomBytes } from 'node:crypto'
import { cmac } from '../../applications/globalplatform/aes.ts'
import { type KeySet, keySet } from '../../applications/globalplatform/key-set.ts'
import { ascii, concat, EMPTY, uint } from '../../base/bytes.ts'
import type { Clock } from '../../base/clock.ts'
import { type Store, UniqueViolation } from '../store/store.ts'
import type { Sealer } from './seal.ts'

/** Version of the set that a card gets from us. */
export const CARD_KEY_VERSION = 0x01

export interface CardKeys {
  /**
   * The set of the card that names itself by these ten bytes, or of one supplementary security domain on it, by its AID; the caller
   * forgets it. Throws `SigningUnavailable`.
   */
  setOf(identification: Uint8Array, area?: Uint8Array): Promise<KeySet>
}

/** AES-CMAC with the master key, wherever that is. */
export type MasterCmac = (message: Uint8Array) => Promise<Uint8Array>

const PURPOSES = [0x01, 0x02, 0x03] as const
const KEY_BYTES = 16

/** Decisions 0050 and 0090, with the master key out of reach: one CMAC gives one key of 16 bytes. */
export function cardKeys(master: MasterCmac): CardKeys {
  const one = (purpose: number, ...context: readonly Uint8Array[]) =>
    master(
      concat(
        ascii('MADOGUCHI-K'),
        Uint8Array.of(purpose, 0x00),
        uint(KEY_BYTES * 8, 2),
        Uint8Array.of(0x01),
        ...context,
      ),
    )
  return {
    async setOf(identification, area = EMPTY) {
      const keys = await Promise.all(PURPOSES.map((purpose) => one(purpose, identification, area)))
      const [enc, mac, dek] = keys as [Uint8Array, Uint8Array, Uint8Array]
      const set = keySet(CARD_KEY_VERSION, enc, mac, dek)
      for (const key of keys) key.fill(0)
      return set
    },
  }
}

const ID = 'master-1'

/** The master key in the database, encrypted at rest; made when there is none. */
export function softwareMaster(store: Store, sealed: Sealer, clock: Clock): MasterCmac {
  let opened: Promise<Uint8Array> | undefined

  async function open(): Promise<Uint8Array> {
    const row = await store.get<{ sealed: Uint8Array }>('SELECT sealed FROM card_master WHERE id = ?', ID)
    if (row !== undefined) return sealed.open(row.sealed, ID)
    const bytes = sealed.seal(randomBytes(KEY_BYTES), ID)
    try {
      await store.transaction((tx) =>
        tx.run('INSERT INTO card_master (id, sealed, at) VALUES (?, ?, ?)', ID, bytes, clock.now()),
      )
    } catch (error) {
      // Another process was faster: there is one master key.
      if (!(error instanceof UniqueViolation)) throw error
    }
    return open()
  }

  return async (message) => {
    opened ??= open()
    const key = await opened.catch((error: unknown) => {
      opened = undefined
      throw error
    })
    return cmac(key, message)
  }
}
