/**
 * A new certificate on the card (F41): a key made there, the certificate for it written there, and the proof – a signature by the new key
 * over the authority's challenge, and the file as it reads back – with which it takes the old one's place (rules 4, 5).
 */
import { createHash } from 'node:crypto'
import { ISSUER_SECURITY_DOMAIN } from '../../../applications/globalplatform/aid.ts'
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
  type Batch,
  clear,
  dataOf,
  type Finished,
  type PlannedStep,
  type ScriptProcedure,
  secured,
  type Work,
} from '../procedure.ts'

type Kind = keyof typeof CERTIFICATE_FILES

export interface CertificateFacts {
  readonly kind: Kind
  /** Base64 of what the card answered when it made the key. */
  readonly publicKey?: string
  readonly evidence?: { readonly signature: string; readonly readBack: string }
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const bytes = (text: string) => concat(Buffer.from(text, 'base64'))

export const certificateProcedure: ScriptProcedure<CertificateFacts> = {
  name: 'certificate',
  domain: () => ({ aid: ISSUER_SECURITY_DOMAIN }),
  async next(facts, work): Promise<Batch | Finished> {
    const { kind, publicKey, evidence } = facts
    if (publicKey === undefined)
      return {
        name: 'generate',
        steps: [...forApplication(JPKI), secured(generateKeyPair(CERTIFICATE_FILES[kind].key))],
      }
    const issued = await order(facts.kind, bytes(publicKey), work)
    if (evidence === undefined)
      return { name: 'write', steps: [...(await writing(kind, issued, work)), ...proving(kind, issued)] }
    const { issuer, serial } = issued
    const { by, key } = work
    const named = { by, key: `${key} confirm`, body: `confirm ${issuer} ${serial}` }
    const proof = { signature: bytes(evidence.signature), readBack: bytes(evidence.readBack) }
    const { state, replaced } = await confirm(work.parts, { issuer, serial, ...proof, ...named })
    return { finished: { issuer, serial, state, replaced } }
  },
  learn(facts, batch, answers) {
    if (batch === 'generate') {
      const key = publicKeyOf(dataOf(answers, GENERATE_LABEL).at(-1) ?? EMPTY)
      if (key === undefined) throw new Refusal('cardRefused', 'public key')
      return { ...facts, publicKey: base64(key) }
    }
    const signature = dataOf(answers, SIGN).at(-1) ?? EMPTY
    const readBack = concat(...dataOf(answers, READ))
    return { ...facts, evidence: { signature: base64(signature), readBack: base64(readBack) } }
  },
  // What was written is written again, the same bytes; what was not proven is proven again.
  doubt: (facts) => facts,
}

/** One order for one key: asked again, it gives the certificate that was issued before. */
function order(kind: Kind, publicKey: Uint8Array, { parts, people, card, by, key }: Work): Promise<Issued> {
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

/** Certificate, the authority's certificate, and which of them are there. */
async function writing(kind: Kind, issued: Issued, { parts, card }: Work): Promise<readonly PlannedStep[]> {
  const files = CERTIFICATE_FILES[kind]
  const other = await hasActive(parts.store, card, kind === 'sign' ? 'auth' : 'sign')
  const present = (there: boolean) => (there ? PRESENT : 0x00)
  const availability = Uint8Array.of(present(kind === 'sign' || other), present(kind === 'auth' || other), 0x00)
  const blocks = [
    fileGrouping(files.certificate, issued.certificate),
    concat(fileGrouping(files.authority, issued.authority), fileGrouping(AVAILABILITY, availability)),
  ]
  return [...forApplication(JPKI), ...storeData(blocks, STRUCTURE.DGI).map(secured)]
}

const hasActive = async (store: Reads, card: string, kind: Kind): Promise<boolean> =>
  (await store.get("SELECT id FROM cert WHERE card = ? AND kind = ? AND state = 'active'", card, kind)) !== undefined

const SIGN = 'COMPUTE DIGITAL SIGNATURE'
const READ = 'READ BINARY'
/** DigestInfo of SHA-256 up to the hash (RFC 8017, 9.2). */
const SHA256_INFO = fromHex('3031300D060960864801650304020105000420')
const STEP = 0xf0

/** As the holder: the PIN, the new key's signature over the challenge, the certificate read back. */
function proving(kind: Kind, { challenge, certificate }: Issued): readonly PlannedStep[] {
  const files = CERTIFICATE_FILES[kind]
  const info = concat(SHA256_INFO, createHash('sha256').update(challenge).digest())
  const reads = Array.from({ length: Math.ceil(certificate.length / STEP) }, (_, i) => {
    const at = i * STEP
    return clear(READ, command(0x00, 0xb0, at >> 8, at & 0xff, { ne: Math.min(STEP, certificate.length - at) }))
  })
  return [
    clear('SELECT JPKI', selectApplication(JPKI)),
    { kind: 'local', label: `VERIFY ${kind}`, action: 'verifyPin', pin: kind, place: 'jpki' },
    clear('SELECT key', selectFile(files.key)),
    clear(SIGN, command(0x80, 0x2a, 0x00, 0x80, { data: info, ne: 0x100 })),
    clear('SELECT certificate', selectFile(files.certificate)),
    ...reads,
  ]
}
