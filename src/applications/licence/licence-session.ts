/** The verbs of the 免許証カードAP (facts 2.8), which the police write to a card later. */
import { ascii } from '../../base/bytes.ts'
import { Secret } from '../../base/secret.ts'
import type { Transaction } from '../../card/transaction-hold.ts'
import { enter } from '../application.ts'
import { type FileContent, readFile } from '../file/read-file.ts'
import type { FileRef } from '../file/select-file.ts'
import { findObject } from '../file/template.ts'
import { FOUR_DIGITS, type PinFormat } from '../pin/pin-format.ts'
import {
  type LastTry,
  type PinEntry,
  type PinRef,
  type PinStatus,
  pinStatus,
  type Verified,
  verifyEntry,
  verifyPin,
} from '../pin/verify-pin.ts'

const application = 'licence'
const PIN_SET: FileRef = { application, fid: 0x1a, title: 'PIN setting' }
const LICENCE: FileRef = { application, fid: 0x1b, title: 'licence' }
const SIGNATURE: FileRef = { application, fid: 0x1c, title: 'signature' }
const PIN: PinRef = { application, fid: 0x06, title: 'PIN', format: FOUR_DIGITS }

/** DPIN: four bytes 2A. */
const DEFAULT_PIN: PinFormat = { minLength: 4, maxLength: 4, characters: 'asterisks' }

export class LicenceSession {
  readonly #tx: Transaction

  private constructor(tx: Transaction) {
    this.#tx = tx
  }

  static async open(tx: Transaction): Promise<LicenceSession> {
    await enter(tx, application)
    return new LicenceSession(tx)
  }

  /** Has the holder set a PIN? If not, four asterisks open the licence. */
  async pinIsSet(): Promise<boolean> {
    const content = await readFile(this.#tx, PIN_SET, { tag: 0xc1 })
    return content.kind === 'read' && findObject(content.bytes, 0xc1)?.value[0] === 0x01
  }

  pinStatus(): Promise<PinStatus> {
    return pinStatus(this.#tx, PIN)
  }

  verifyPin(entry: PinEntry, lastTry: LastTry = 'ask'): Promise<Verified> {
    return verifyEntry(this.#tx, PIN, entry, lastTry)
  }

  /** Opens the licence of a holder who has set no PIN. Call it only where `pinIsSet` says no: otherwise it spends a try. */
  verifyDefaultPin(): Promise<Verified> {
    return verifyPin(this.#tx, { ...PIN, format: DEFAULT_PIN }, new Secret(ascii('****')), 'ask')
  }

  /** Licence and driving history, BER-TLV C2…; not interpreted here. */
  licence(): Promise<FileContent> {
    return readFile(this.#tx, LICENCE)
  }

  signature(): Promise<FileContent> {
    return readFile(this.#tx, SIGNATURE)
  }
}
