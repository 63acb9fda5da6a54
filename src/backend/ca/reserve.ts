/** First of three durable steps: serial, bytes to be signed and order are committed before any key is asked (rule 1). */
import { toUint } from '../../base/bytes.ts'
import { buildTbsCertificate, type DistributionPoint } from '../../pki/certificate-build.ts'
import { authSubject, distributionPointOf, signSubject } from '../../pki/jpki-names.ts'
import { VALIDITY_RULES } from '../../pki/validity.ts'
import { record } from '../audit/record.ts'
import type { Actor, Context } from '../context.ts'
import { Refusal } from '../refusal.ts'
import { newId } from '../store/ids.ts'
import type { Queries } from '../store/store.ts'
import { sealedBytes } from './certificate-bytes.ts'
import { expiryOf } from './expiry.ts'
import { crlAddress, type IssuingAuthority, keyIdOf, sha256 } from './issuers.ts'
import { usableKey } from './key-strength.ts'
import { KINDS } from './kinds.ts'
import { mustPassLint } from './lint.ts'
import type { Municipality, Order } from './order.ts'

/** A certificate not proven within this is voided by the sweeper (rule 8). */
export const PROOF_DEADLINE_MS = 24 * 3_600_000

export interface Draft {
  readonly id: string
  readonly issuer: IssuingAuthority
  readonly index: number
  readonly serial: number
  readonly tbs: Uint8Array
  readonly keyHash: Uint8Array
  readonly challenge: Uint8Array
  readonly notAfter: number
}

/** Chooses the newest authority that issues this kind for keys of this algorithm. Throws `badKey`, `noIssuer`. */
export function issuerFor(issuers: readonly IssuingAuthority[], order: Order): IssuingAuthority {
  const algorithm = usableKey(order.publicKey)
  if (algorithm === undefined) throw new Refusal('badKey')
  const { authority } = KINDS[order.kind]
  const fitting = (issuer: IssuingAuthority) =>
    issuer.issuing && issuer.authority === authority && issuer.algorithm === algorithm
  const issuer = issuers.find(fitting)
  if (issuer === undefined) throw new Refusal('noIssuer', `${order.kind} ${algorithm}`)
  return issuer
}

/** The bytes to be signed, built and linted. */
export async function draft(
  context: Context,
  order: Order,
  issuer: IssuingAuthority,
  index: number,
  now: number,
): Promise<Draft> {
  const { profile, authority } = KINDS[order.kind]
  const random = context.random.bytes(SUBJECT_RANDOM + NONCE)
  const serial = issuer.firstSerial + index
  const notBefore = Math.floor(now / 1000) * 1000
  const notAfter = await expiryOf(context.store, order, now, VALIDITY_RULES[issuer.validity])
  const distributionPoint = distributionPointFor(issuer, order.municipality)
  const tbs = buildTbsCertificate({
    profile,
    issuer,
    serial,
    subject: subjectOf(order, authority === 'sign', random.subarray(0, SUBJECT_RANDOM), now),
    notBefore,
    notAfter,
    publicKey: order.publicKey,
    keyId: keyIdOf(order.publicKey),
    distributionPoint,
    personalData: order.personalData,
  })
  mustPassLint(tbs, { issuer, profile, order, distributionPoint: distributionPoint.name, now })
  const challenge = evidenceChallenge(issuer.id, serial, random.subarray(SUBJECT_RANDOM))
  return { id: newId(now), issuer, index, serial, tbs, keyHash: sha256(order.publicKey), challenge, notAfter }
}

/** Octets of chance: in the subject's name, and in the nonce the new key signs. */
const SUBJECT_RANDOM = 12
const NONCE = 32

const distributionPoints = new WeakMap<IssuingAuthority, Map<string, DistributionPoint>>()

/** One object a shard, so that what it adds to certificates is written once. */
function distributionPointFor(issuer: IssuingAuthority, { code, prefecture, name }: Municipality): DistributionPoint {
  const points = distributionPoints.get(issuer) ?? new Map<string, DistributionPoint>()
  distributionPoints.set(issuer, points)
  const key = `${code} ${prefecture} ${name}`
  const known = points.get(key)
  if (known !== undefined) return known
  const point = { name: distributionPointOf(issuer.authority, prefecture, name), url: crlAddress(issuer, code) }
  points.set(key, point)
  return point
}

/** Subject names say nothing of the holder but, for signatures, the municipality and the time (facts 5.2, 5.3). */
function subjectOf({ municipality }: Order, forSignature: boolean, random: Uint8Array, now: number): Uint8Array {
  const high = toUint(random.subarray(0, 6))
  if (forSignature) {
    const time = new Date(now).toISOString().replace(/\D/g, '').slice(0, 17)
    return signSubject(
      municipality.prefecture,
      municipality.name,
      `${time}${String(high % 10 ** 11).padStart(11, '0')}`,
    )
  }
  const letters = (number: number) => (number % 36 ** 7).toString(36).toUpperCase().padStart(7, '0')
  return authSubject(`${letters(high)}${letters(toUint(random.subarray(6)))}`, municipality.code.slice(0, 5))
}

/** What the new key signs as evidence (rule 4): a sentence that can be nothing but this, with the server's nonce. */
function evidenceChallenge(issuer: string, serial: number, nonce: Uint8Array): Uint8Array {
  return Buffer.from(`Madoguchi: this key holds certificate ${issuer} ${serial}\n${Buffer.from(nonce).toString('hex')}`)
}

/** Writes the reserved row. Throws `keyBlocked`, `keyUsed`. */
export async function reserve(
  context: Pick<Context, 'personal'>,
  tx: Queries,
  order: Order,
  draft: Draft,
  by: Actor,
  now: number,
): Promise<void> {
  if ((await tx.get('SELECT key_hash FROM blocked_key WHERE key_hash = ?', draft.keyHash)) !== undefined)
    throw new Refusal('keyBlocked')
  const used =
    "SELECT id FROM cert WHERE key_hash = ? AND (state IN ('active', 'held', 'revoked') OR holder <> ?) LIMIT 1"
  if ((await tx.get(used, draft.keyHash, order.holder)) !== undefined) throw new Refusal('keyUsed')
  await tx.run(
    `INSERT INTO cert (id, issuer, idx, serial, kind, holder, card, shard, key_hash, state, tbs, der, challenge, not_after,
       reserved_at, deadline_at, sealed)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'reserved', ?, NULL, ?, ?, ?, ?, 1)`,
    draft.id,
    draft.issuer.id,
    draft.index,
    draft.serial,
    order.kind,
    order.holder,
    order.card,
    order.municipality.code,
    draft.keyHash,
    sealedBytes(context, draft.id, 'tbs', draft.tbs),
    draft.challenge,
    draft.notAfter,
    now,
    now + PROOF_DEADLINE_MS,
  )
  await record(
    tx,
    {
      terminal: by.terminal,
      operator: by.operator,
      procedure: 'certificate.reserved',
      holder: order.holder,
      object: `certificate ${draft.issuer.id} ${draft.serial}`,
      result: 'done',
    },
    now,
  )
}
