/** The verbs of the 共通カードAP (facts 2.2). */
import { CardFault } from '../../card/card-failure.ts'
import type { Transaction } from '../../card/transaction-hold.ts'
import { enter } from '../application.ts'
import { readRecord } from '../file/read-record.ts'
import type { FileRef } from '../file/select-file.ts'
import { type Changed, changePin, type PinChange } from '../pin/change-pin.ts'
import { FOUR_DIGITS } from '../pin/pin-format.ts'
import {
  type LastTry,
  type PinEntry,
  type PinRef,
  type PinStatus,
  pinStatus,
  type Verified,
  verifyEntry,
} from '../pin/verify-pin.ts'
import { internalAuthenticate, type Signed } from '../signature.ts'
import { type CardRecord, parseCardRecord } from './card-record.ts'

const application = 'common'
const CARD_RECORD: FileRef = { application, fid: 0x01, title: 'card record' }
const KEY_REFERENCE: FileRef = { application, fid: 0x02, title: 'key reference' }
const AUTHENTICATION_KEY = 0x19
/** The 本人確認業務用領域 half of the 住民基本台帳用暗証番号. */
export const COMMON_PIN: PinRef = { application, fid: 0x1c, title: 'resident register PIN', format: FOUR_DIGITS }

export class CommonSession {
  readonly #tx: Transaction

  private constructor(tx: Transaction) {
    this.#tx = tx
  }

  static async open(tx: Transaction): Promise<CommonSession> {
    await enter(tx, application)
    return new CommonSession(tx)
  }

  /** Undefined when there is none. */
  async cardRecord(): Promise<CardRecord | undefined> {
    const record = await readRecord(this.#tx, CARD_RECORD, 1)
    if (record === undefined) return undefined
    const parsed = parseCardRecord(record)
    if (parsed === undefined) throw new CardFault({ kind: 'malformed', label: 'common: card record' })
    return parsed
  }

  /** 16 bytes. */
  async keyReference(): Promise<Uint8Array | undefined> {
    return (await readRecord(this.#tx, KEY_REFERENCE, 1))?.value.slice()
  }

  /** PKCS #1 v1.5 with SHA-256 over the challenge (1–255 bytes), the same each time; the public key is nowhere on the card. */
  internalAuthenticate(challenge: Uint8Array): Promise<Signed> {
    return internalAuthenticate(this.#tx, 'common: INTERNAL AUTHENTICATE', AUTHENTICATION_KEY, challenge)
  }

  pinStatus(): Promise<PinStatus> {
    return pinStatus(this.#tx, COMMON_PIN)
  }

  verifyPin(entry: PinEntry, lastTry: LastTry = 'ask'): Promise<Verified> {
    return verifyEntry(this.#tx, COMMON_PIN, entry, lastTry)
  }

  /** One half alone; a person wants `changeResidentRegisterPin`. */
  changePin(change: PinChange): Promise<Changed> {
    return changePin(this.#tx, COMMON_PIN, 'changeKey', change)
  }
}
