/**
 * What making a certificate on a card consists of, whoever holds the card: a key made there, the certificate written there, and the
 * proof – a signature by the new key over the authority's challenge, and the file as it reads back (rules 4, 5).
 */
import { createHash } from 'node:crypto'
import { STRUCTURE, storeData } from '../../../applications/globalplatform/store-data.ts'
import { concat, EMPTY } from '../../../base/bytes.ts'
import { fromHex } from '../../../base/hex.ts'
import { command } from '../../../card/command.ts'
import { confirm } from '../../ca/confirm.ts'
import type { Issued } from '../../ca/issue.ts'
import { sha256 } from '../../ca/issuers.ts'
import { orderCertificate } from '../../certificates.ts'
import { Refusal } from '../../refusal.ts'
import type { Reads } from '../../store/store.ts'
import { AVAILABILITY, CERTIFICATE_FILES, JPKI, PRESENT, selectApplication, selectFile } from '../card-files.ts'
import { fileGrouping, forApplication, GENERATE_LABEL, generateKeyPair, publicKeyOf } from '../personalise.ts'
import {
  type Answers,
  type Batch,
  clear,
  dataOf,
  type Finished,
  type PlannedStep,
  secured,
  type Work,
} from '../procedure.ts'

export type Kind = keyof typeof CERTIFICATE_FILES

export interface MadeFacts {
  readonly kind: Kind
  /** Base64 of what the card answered when it made the key. */
  readonly publicKey?: string
  readonly evidence?: { readonly signature: string; readonly readBack: string }
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const bytes = (text: string) => concat(Buffer.from(text, 'base64'))

export const generating = (kind: Kind): Batch => ({
  name: 'generate',
  steps: [...forApplication(JPKI), secured(generateKeyPair(CERTIFICATE_FILES[kind].key))],
})

/** What the answers to `generate`, or to a batch with the proof, tell. */
export function learnt<F extends MadeFacts>(facts: F, batch: string, answers: Answers): F {
  if (batch === 'generate') {
    const key = publicKeyOf(dataOf(answers, GENERATE_LABEL).at(-1) ?? EMPTY)
    if (key === undefined) throw new Refusal('cardRefused', 'public key')
    return { ...facts, publicKey: base64(key) }
  }
  const signature = dataOf(answers, SIGN).at(-1) ?? EMPTY
  const readBack = concat(...dataOf(answers, READ))
  return { ...facts, evidence: { signature: base64(signature), readBack: base64(readBack) } }
}

/** With the proof the certificate takes the old one's place. */
export async function confirmed(
  { issuer, serial }: Issued,
  evidence: NonNullable<MadeFacts['evidence']>,
  { parts, by, key }: Work,
): Promise<Finished> {
  const named = { by, key: `${key} confirm`, body: `confirm ${issuer} ${serial}` }
  const proof = { signature: bytes(evidence.signature), readBack: bytes(evidence.readBack) }
  const { state, replaced } = await confirm(parts, { issuer, serial, ...proof, ...named })
  return { finished: { issuer, serial, state, replaced } }
}

/** One order for one key: asked again, it gives the certificate that was issued before. */
export function ordered(kind: Kind, publicKeyText: string, { parts, people, card, by, key }: Work): Promise<Issued> {
  const publicKey = bytes(publicKeyText)
  const hash = Buffer.from(sha256(publicKey)).toString('hex')
  return orderCertificate(parts, people, {
    kind,
    card,
    publicKey,
    by,
    key: `${key} ${hash}`,
    body: `${kind} ${card} ${hash}`,
  })
}

/** Certificate, the authority's certificate, and which of them are there; `also` is written with that. The application is chosen already. */
export async function writing(
  kind: Kind,
  issued: Issued,
  { parts, card }: Work,
  also: Uint8Array = EMPTY,
): Promise<readonly PlannedStep[]> {
  const files = CERTIFICATE_FILES[kind]
  const other = await hasActive(parts.store, card, kind === 'sign' ? 'auth' : 'sign')
  const present = (there: boolean) => (there ? PRESENT : 0x00)
  const availability = Uint8Array.of(present(kind === 'sign' || other), present(kind === 'auth' || other), 0x00)
  const blocks = [
    fileGrouping(files.certificate, issued.certificate),
    concat(fileGrouping(files.authority, issued.authority), fileGrouping(AVAILABILITY, availability), also),
  ]
  return storeData(blocks, STRUCTURE.DGI).map(secured)
}

const hasActive = async (store: Reads, card: string, kind: Kind): Promise<boolean> =>
  (await store.get("SELECT id FROM cert WHERE card = ? AND kind = ? AND state = 'active'", card, kind)) !== undefined

const SIGN = 'COMPUTE DIGITAL SIGNATURE'
const READ = 'READ BINARY'
/** DigestInfo of SHA-256 up to the hash (RFC 8017, 9.2). */
const SHA256_INFO = fromHex('3031300D060960864801650304020105000420')
const STEP = 0xf0

/** As the holder: the PIN – however it is given – the new key's signature over the challenge, the certificate read back. */
export function proving(kind: Kind, { challenge, certificate }: Issued, pin: PlannedStep): readonly PlannedStep[] {
  const files = CERTIFICATE_FILES[kind]
  const info = concat(SHA256_INFO, createHash('sha256').update(challenge).digest())
  const reads = Array.from({ length: Math.ceil(certificate.length / STEP) }, (_, i) => {
    const at = i * STEP
    return clear(READ, command(0x00, 0xb0, at >> 8, at & 0xff, { ne: Math.min(STEP, certificate.length - at) }))
  })
  return [
    clear('SELECT JPKI', selectApplication(JPKI)),
    pin,
    clear('SELECT key', selectFile(files.key)),
    clear(SIGN, command(0x80, 0x2a, 0x00, 0x80, { data: info, ne: 0x100 })),
    clear('SELECT certificate', selectFile(files.certificate)),
    ...reads,
  ]
}
