/** The verbs of the 公的個人認証AP (facts 2.6, 3). What may well happen is a value; the rest is a fault the transaction catches. */
import { CardFault } from '../../card/card-failure.ts'
import type { Transaction } from '../../card/transaction-hold.ts'
import { enter } from '../application.ts'
import { type FileContent, readFile } from '../file/read-file.ts'
import { labelOf, selectFile } from '../file/select-file.ts'
import { findObject } from '../file/template.ts'
import { type Changed, changePin, type PinChange } from '../pin/change-pin.ts'
import {
  type LastTry,
  type PinEntry,
  type PinStatus,
  pinStatus,
  type Verified,
  verifyEntry,
} from '../pin/verify-pin.ts'
import { CURRENT_KEY, computeSignature, type Scheme, type Signed } from '../signature.ts'
import {
  CERTIFICATES,
  CERTIFICATES_PRESENT,
  type CertificateName,
  KEYS,
  type KeyName,
  PINS,
  TOKEN_INFO,
} from './jpki-files.ts'
import { parseTokenInfo, type TokenInfo } from './token-info.ts'

/** Does the card say that it holds the certificate? `8F` is yes (facts 2.6). */
export interface CertificatesPresent {
  readonly sign: boolean
  readonly auth: boolean
}

const PRESENT = 0x8f
const DER_SEQUENCE = 0x30

export class JpkiSession {
  readonly #tx: Transaction

  private constructor(tx: Transaction) {
    this.#tx = tx
  }

  /** Throws the fault `applicationMissing` or `applicationLocked`. */
  static async open(tx: Transaction): Promise<JpkiSession> {
    await enter(tx, 'jpki')
    return new JpkiSession(tx)
  }

  async tokenInfo(): Promise<TokenInfo> {
    const content = await readFile(this.#tx, TOKEN_INFO)
    const info = content.kind === 'read' ? parseTokenInfo(content.bytes) : undefined
    return info ?? malformed(labelOf('READ', TOKEN_INFO))
  }

  /** Undefined on cards that do not tell. */
  async certificatesPresent(): Promise<CertificatesPresent | undefined> {
    const content = await readFile(this.#tx, CERTIFICATES_PRESENT)
    if (content.kind !== 'read') return undefined
    const [sign, auth] = content.bytes
    return { sign: sign === PRESENT, auth: auth === PRESENT }
  }

  /** DER, without what may stand behind it in the file. The sign certificate needs its password; on phones the other its PIN. */
  async certificate(name: CertificateName, options: { readonly extended?: boolean } = {}): Promise<FileContent> {
    const file = CERTIFICATES[name]
    const content = await readFile(this.#tx, file, { ...options, tag: DER_SEQUENCE })
    if (content.kind !== 'read') return content
    // A file that was never written to holds filler alone.
    if (content.bytes.every((byte) => byte === 0xff || byte === 0x00)) return { kind: 'absent' }
    const object = findObject(content.bytes, DER_SEQUENCE) ?? malformed(labelOf('READ', file))
    return { kind: 'read', bytes: content.bytes.slice(object.start, object.end) }
  }

  pinStatus(pin: KeyName): Promise<PinStatus> {
    return pinStatus(this.#tx, PINS[pin])
  }

  /** At most one try. With one try left nothing is sent unless `lastTry` is `agreed`. */
  verifyPin(pin: KeyName, entry: PinEntry, lastTry: LastTry = 'ask'): Promise<Verified> {
    return verifyEntry(this.#tx, PINS[pin], entry, lastTry)
  }

  /** At most one try, of the present PIN. */
  changePin(pin: KeyName, change: PinChange): Promise<Changed> {
    return changePin(this.#tx, PINS[pin], 'changeReferenceData', change)
  }

  /** Throws RangeError for an input the scheme does not take. */
  async sign(key: KeyName, scheme: Scheme, input: Uint8Array): Promise<Signed> {
    if (!(await selectFile(this.#tx, KEYS[key]))) return { kind: 'absent' }
    return await computeSignature(this.#tx, labelOf('sign with', KEYS[key]), CURRENT_KEY, scheme, input)
  }
}

function malformed(label: string): never {
  throw new CardFault({ kind: 'malformed', label })
}
