/** What the card tells at card-manager level (facts 1.7). Administration is `src/applications/globalplatform`. */
import { fromUtf8 } from '../../base/bytes.ts'
import { CardFault } from '../../card/card-failure.ts'
import { command } from '../../card/command.ts'
import { SW } from '../../card/status-word.ts'
import type { Transaction } from '../../card/transaction-hold.ts'
import { enter } from '../application.ts'
import { type CvRoot, isCertifiedBy, keyReferenceText, parseCvContents } from '../genuine/cv-certificate.ts'
import { issuerOf, type Refusal } from '../genuine/genuine-check.ts'

export const DATA_OBJECTS = {
  issuerIdentification: 0x0042,
  cardIdentification: 0x0045,
  recognitionData: 0x0066,
  municipality: 0x00f0,
  expiry: 0x00f2,
  certifierKeyId: 0x00f7,
  rootCertificate: 0x00f8,
  lowerCertificate: 0x7f21,
  contactAtr: 0x5f51,
} as const
export type DataObjectName = keyof typeof DATA_OBJECTS

/** What of it concerns the card and not its holder. Absent where the card is silent. */
export interface CardData {
  readonly municipality?: string
  /** YYYYMMDD. */
  readonly expiry?: string
  readonly certifier?: string
}

export class CardManagerSession {
  readonly #tx: Transaction

  private constructor(tx: Transaction) {
    this.#tx = tx
  }

  static async open(tx: Transaction): Promise<CardManagerSession> {
    await enter(tx, 'card-manager')
    return new CardManagerSession(tx)
  }

  /** GET DATA; undefined when the card has no such object. A large one refuses a short Le and comes with an extended one. */
  async dataObject(name: DataObjectName): Promise<Uint8Array | undefined> {
    const label = `card-manager: GET DATA ${name}`
    const tag = DATA_OBJECTS[name]
    const get = (ne: number) => this.#tx.send(label, command(0x00, 0xca, tag >> 8, tag & 0xff, { ne }))
    let response = await get(0x100)
    if (response.sw === SW.WRONG_LENGTH) response = await get(0x10000)
    if (response.sw === SW.OK) return response.data
    if (response.sw === SW.REFERENCE_NOT_FOUND || response.sw === SW.NOT_FOUND) return undefined
    throw new CardFault({ kind: 'refused', label, sw: response.sw })
  }

  async cardData(): Promise<CardData> {
    const municipality = digits(await this.dataObject('municipality'), 5)
    const expiry = digits(await this.dataObject('expiry'), 8)
    const keyId = await this.dataObject('certifierKeyId')
    const certifier = keyId && keyReferenceText(keyId)
    return { ...(municipality && { municipality }), ...(expiry && { expiry }), ...(certifier && { certifier }) }
  }

  /** Is the chain `00F8` → `7F21` one of a known authority? Older cards have none (`absent`). */
  async checkChain(roots: readonly CvRoot[]): Promise<{ readonly kind: 'good'; readonly lower: string } | Refusal> {
    const upper = await this.dataObject('rootCertificate')
    const lower = await this.dataObject('lowerCertificate')
    if (upper === undefined || lower === undefined) return { kind: 'absent' }
    const [intermediate, last] = [parseCvContents(upper), parseCvContents(lower)]
    if (intermediate === undefined || last === undefined) return { kind: 'forged', step: 'certificate' }
    const refusal = issuerOf(intermediate, roots)
    if (refusal !== undefined) return refusal
    const linked = last.certifier === intermediate.subject && isCertifiedBy(last, intermediate.key)
    return linked ? { kind: 'good', lower: last.subject } : { kind: 'forged', step: 'certificate' }
  }
}

function digits(bytes: Uint8Array | undefined, length: number): string | undefined {
  if (bytes?.length !== length || !bytes.every((byte) => byte >= 0x30 && byte <= 0x39)) return undefined
  return fromUtf8(bytes)
}
