/** The verbs of the 券面事項入力補助AP (facts 2.5, 3.7, 3.8). */
import type { RandomSource } from '../../base/clock.ts'
import { Secret } from '../../base/secret.ts'
import { SECURE_READ_STEP, secureMessaging } from '../../card/layers/secure-messaging.ts'
import type { Channel, Transaction } from '../../card/transaction-hold.ts'
import { enter } from '../application.ts'
import { type Parsed, parsed } from '../file/parsed-file.ts'
import { readFile } from '../file/read-file.ts'
import type { FileRef } from '../file/select-file.ts'
import type { CardKey } from '../genuine/card-key.ts'
import { type CvCertificate, parseCvCertificate } from '../genuine/cv-certificate.ts'
import {
  checkGenuine,
  type GenuineCheck,
  type Genuineness,
  type GenuineOptions,
  issuerOf,
  type Refusal,
} from '../genuine/genuine-check.ts'
import { type Changed, changePin, type PinChange } from '../pin/change-pin.ts'
import { CODE_A, CODE_B, FOUR_DIGITS } from '../pin/pin-format.ts'
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
import { computeSignature, DEFAULT_KEY, type Scheme, type Signed } from '../signature.ts'
import { deliverSessionKey, SEED_LENGTH } from './session-key.ts'
import * as records from './text-records.ts'

const application = 'text'
const file = (fid: number, title: string): FileRef => ({ application, fid, title })
const FILES = {
  myNumber: file(0x01, 'My Number'),
  basicFour: file(0x02, 'basic four'),
  signature: file(0x03, 'record signature'),
  cvCertificate: file(0x04, 'CV certificate'),
  version: file(0x05, 'version'),
  deliveryKey: file(0x06, 'delivery key'),
  cardKey: file(0x07, 'card key'),
} as const

/** The PIN opens everything, 照合番号A the My Number, 照合番号B the basic four. */
export const TEXT_PINS = {
  pin: { ...file(0x11, 'PIN'), format: FOUR_DIGITS },
  codeA: { ...file(0x14, 'code A'), format: CODE_A },
  codeB: { ...file(0x15, 'code B'), format: CODE_B },
} as const satisfies Record<string, PinRef>
export type TextPin = keyof typeof TEXT_PINS

const GENUINE: GenuineCheck = {
  application,
  cvCertificate: FILES.cvCertificate,
  record: FILES.cardKey,
  tag: records.TAGS.key,
  parse: records.parseKeyRecord,
}

/** What of the records was read, and whether the issuer's signature covers it. */
export type RecordCheck =
  | { readonly kind: 'authentic'; readonly myNumber: boolean; readonly basicFour: boolean }
  | Refusal

export class TextSession {
  readonly #tx: Transaction
  /** The transaction itself, or secure messaging on top of it. */
  #channel: Channel

  private constructor(tx: Transaction) {
    this.#tx = tx
    this.#channel = tx
  }

  static async open(tx: Transaction): Promise<TextSession> {
    await enter(tx, application)
    return new TextSession(tx)
  }

  get isSecure(): boolean {
    return this.#channel !== this.#tx
  }

  pinStatus(pin: TextPin): Promise<PinStatus> {
    return pinStatus(this.#channel, TEXT_PINS[pin])
  }

  /** At most one try. A keypad cannot be used inside secure messaging: it sends its command in the clear. */
  verify(pin: TextPin, entry: PinEntry, lastTry: LastTry = 'ask'): Promise<Verified> {
    if (!this.isSecure) return verifyEntry(this.#tx, TEXT_PINS[pin], entry, lastTry)
    if (!(entry instanceof Secret)) throw new TypeError('a keypad cannot be used inside secure messaging')
    return verifyPin(this.#channel, TEXT_PINS[pin], entry, lastTry)
  }

  /** At most one try, of the present PIN. Not inside secure messaging. */
  changePin(change: PinChange): Promise<Changed> {
    return changePin(this.#plain('CHANGE'), TEXT_PINS.pin, 'changeReferenceData', change)
  }

  /** 12 digits. Personal data. */
  myNumber(): Promise<Parsed<string>> {
    return parsed(this.#channel, FILES.myNumber, records.TAGS.myNumber, records.parseMyNumber)
  }

  /** Personal data. */
  basicFour(): Promise<Parsed<records.BasicFour>> {
    return parsed(this.#channel, FILES.basicFour, records.TAGS.basicFour, records.parseBasicFour)
  }

  version(): Promise<Parsed<records.TextVersion>> {
    return parsed(this.#channel, FILES.version, records.TAGS.version, records.parseVersion)
  }

  cvCertificate(): Promise<Parsed<CvCertificate>> {
    return parsed(this.#channel, FILES.cvCertificate, 0x7f21, parseCvCertificate)
  }

  /** The card's key for genuine-card checks. */
  publicKey(): Promise<Parsed<CardKey>> {
    return parsed(this.#channel, FILES.cardKey, records.TAGS.key, (bytes) => records.parseKeyRecord(bytes)?.key)
  }

  /** With the key that needs no PIN. Throws RangeError for an input the scheme does not take. */
  sign(scheme: Scheme, input: Uint8Array): Promise<Signed> {
    return computeSignature(this.#plain('sign'), 'text: sign', DEFAULT_KEY, scheme, input)
  }

  /** After any of the three credentials, for they open the signed record. */
  checkGenuine(options: GenuineOptions): Promise<Genuineness> {
    return checkGenuine(this.#plain('check'), GENUINE, options)
  }

  /** Do the records that are open carry the issuer's signature? What is not open is not judged. */
  async checkRecords(roots: GenuineOptions['roots']): Promise<RecordCheck> {
    const certificate = await this.cvCertificate()
    if (certificate.kind !== 'read') return certificate
    const refused = issuerOf(certificate.value, roots)
    if (refused !== undefined) return refused
    const signed = await parsed(this.#channel, FILES.signature, records.TAGS.signature, records.parseRecordSignature)
    if (signed.kind !== 'read') return signed
    // The hash covers the physical file, so it is read to its end.
    const myNumber = await readFile(this.#channel, FILES.myNumber)
    const basicFour = await readFile(this.#channel, FILES.basicFour)
    const good =
      signed.value.isSignedBy(certificate.value.key) &&
      (myNumber.kind !== 'read' || records.isMyNumberOf(signed.value, myNumber.bytes)) &&
      (basicFour.kind !== 'read' || records.isBasicFourOf(signed.value, basicFour.bytes))
    if (!good) return { kind: 'forged', step: 'record' }
    return { kind: 'authentic', myNumber: myNumber.kind === 'read', basicFour: basicFour.kind === 'read' }
  }

  /** After VERIFY of the PIN in the clear: everything read from now on is encrypted between card and this program. */
  async secure(random: RandomSource): Promise<{ readonly kind: 'secured' | 'pinNeeded' | 'absent' }> {
    const key = await parsed(this.#tx, FILES.deliveryKey, 0xa1, records.parseDeliveryKey)
    if (key.kind !== 'read') return key
    const sessionKey = await deliverSessionKey(this.#tx, application, key.value, random.bytes(SEED_LENGTH))
    if (sessionKey === undefined) return { kind: 'pinNeeded' }
    this.#channel = this.#tx.through(secureMessaging(sessionKey), SECURE_READ_STEP)
    return { kind: 'secured' }
  }

  #plain(verb: string): Transaction {
    if (this.isSecure) throw new TypeError(`${verb} cannot be carried by secure messaging`)
    return this.#tx
  }
}
