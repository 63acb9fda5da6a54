/** The verbs of the 券面事項確認AP (facts 2.4, 3.8). */
import type { Transaction } from '../../card/transaction-hold.ts'
import { enter } from '../application.ts'
import { type Parsed, parsed } from '../file/parsed-file.ts'
import { type FileContent, readFile } from '../file/read-file.ts'
import type { FileRef } from '../file/select-file.ts'
import { type CvCertificate, parseCvCertificate } from '../genuine/cv-certificate.ts'
import { checkGenuine, type Genuineness, type GenuineOptions, type SignedRecord } from '../genuine/genuine-check.ts'
import { BIRTH_DATE, CODE_A, CODE_B } from '../pin/pin-format.ts'
import {
  type LastTry,
  type PinEntry,
  type PinRef,
  type PinStatus,
  pinStatus,
  type Verified,
  verifyEntry,
} from '../pin/verify-pin.ts'
import { computeSignature, DEFAULT_KEY, type Scheme, type Signed } from '../signature.ts'
import * as records from './visual-records.ts'

const application = 'visual'
const file = (fid: number, title: string): FileRef => ({ application, fid, title })
const FILES = {
  age: file(0x01, 'age record'),
  face: file(0x02, 'face record'),
  version: file(0x03, 'version'),
  cvCertificate: file(0x04, 'CV certificate'),
  myNumber: file(0x05, 'My Number picture'),
  reserved: file(0x06, 'file 0006'),
} as const

/** The birth date opens the age record, 照合番号B the face, 照合番号A both sides. */
export const VISUAL_PINS = {
  birth: { ...file(0x11, 'birth date'), format: BIRTH_DATE },
  codeB: { ...file(0x12, 'code B'), format: CODE_B },
  codeA: { ...file(0x13, 'code A'), format: CODE_A },
} as const satisfies Record<string, PinRef>
export type VisualPin = keyof typeof VISUAL_PINS

/** The records that carry the card's key. */
const SIGNED: Readonly<Record<'age' | 'face' | 'myNumber', (bytes: Uint8Array) => SignedRecord | undefined>> = {
  age: records.parseAge,
  face: records.parseFace,
  myNumber: records.parseMyNumberPicture,
}

export class VisualSession {
  readonly #tx: Transaction

  private constructor(tx: Transaction) {
    this.#tx = tx
  }

  static async open(tx: Transaction): Promise<VisualSession> {
    await enter(tx, application)
    return new VisualSession(tx)
  }

  pinStatus(pin: VisualPin): Promise<PinStatus> {
    return pinStatus(this.#tx, VISUAL_PINS[pin])
  }

  /** At most one try. `birthDateKey` and `codeB` make the values from what is printed on the card. */
  verify(pin: VisualPin, entry: PinEntry, lastTry: LastTry = 'ask'): Promise<Verified> {
    return verifyEntry(this.#tx, VISUAL_PINS[pin], entry, lastTry)
  }

  age(): Promise<Parsed<records.AgeRecord>> {
    return parsed(this.#tx, FILES.age, records.TAGS.age, records.parseAge)
  }

  face(): Promise<Parsed<records.FaceRecord>> {
    return parsed(this.#tx, FILES.face, records.TAGS.face, records.parseFace)
  }

  version(): Promise<Parsed<records.VisualVersion>> {
    return parsed(this.#tx, FILES.version, records.TAGS.version, records.parseVersion)
  }

  cvCertificate(): Promise<Parsed<CvCertificate>> {
    return parsed(this.#tx, FILES.cvCertificate, 0x7f21, parseCvCertificate)
  }

  myNumberPicture(): Promise<Parsed<records.MyNumberRecord>> {
    return parsed(this.#tx, FILES.myNumber, records.TAGS.myNumber, records.parseMyNumberPicture)
  }

  /** EF 0006, sixteen bytes whose purpose is unknown. */
  reserved(): Promise<FileContent> {
    return readFile(this.#tx, FILES.reserved)
  }

  /** With the key that needs no PIN. Throws RangeError for an input the scheme does not take. */
  sign(scheme: Scheme, input: Uint8Array): Promise<Signed> {
    return computeSignature(this.#tx, 'visual: sign', DEFAULT_KEY, scheme, input)
  }

  /** By a record whose credential has been verified. */
  checkGenuine(record: keyof typeof SIGNED, options: GenuineOptions): Promise<Genuineness> {
    const check = {
      application,
      cvCertificate: FILES.cvCertificate,
      record: FILES[record],
      tag: records.TAGS[record],
      parse: SIGNED[record],
    }
    return checkGenuine(this.#tx, check, options)
  }
}
