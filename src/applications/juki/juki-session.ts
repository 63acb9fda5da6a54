/** The verbs of the 住基AP (facts 2.3) that a citizen's PIN opens: what lies behind it is not public. */
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

const application = 'juki'
const KEY_REFERENCE: FileRef = { application, fid: 0x02, title: 'key reference' }
/** The 住基AP half of the 住民基本台帳用暗証番号. */
export const JUKI_PIN: PinRef = { application, fid: 0x1c, title: 'resident register PIN', format: FOUR_DIGITS }

export class JukiSession {
  readonly #tx: Transaction

  private constructor(tx: Transaction) {
    this.#tx = tx
  }

  static async open(tx: Transaction): Promise<JukiSession> {
    await enter(tx, application)
    return new JukiSession(tx)
  }

  /** 16 bytes. */
  async keyReference(): Promise<Uint8Array | undefined> {
    return (await readRecord(this.#tx, KEY_REFERENCE, 1))?.value.slice()
  }

  pinStatus(): Promise<PinStatus> {
    return pinStatus(this.#tx, JUKI_PIN)
  }

  verifyPin(entry: PinEntry, lastTry: LastTry = 'ask'): Promise<Verified> {
    return verifyEntry(this.#tx, JUKI_PIN, entry, lastTry)
  }

  /** One half alone; a person wants `changeResidentRegisterPin`. */
  changePin(change: PinChange): Promise<Changed> {
    return changePin(this.#tx, JUKI_PIN, 'changeKey', change)
  }
}
