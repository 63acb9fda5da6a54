/** The authorities' OCSP responders: certificates of three months, renewed with a new key a month before they end, while everything runs. */

import { parseCertificate } from '../../pki/certificate.ts'
import {
  assembleSigned,
  buildTbsCertificate,
  type CertificateFields,
  type Issuer,
} from '../../pki/certificate-build.ts'
import { encodeName } from '../../pki/name.ts'
import { CERTIFICATE_PROFILES } from '../../pki/profile.ts'
import { record } from '../audit/record.ts'
import type { Context } from '../context.ts'
import type { PrivateKeyRef } from '../keys/key-store.ts'
import { isSignedBy } from '../keys/verify.ts'
import type { IssueParts } from './issue.ts'
import { adoptResponders, type IssuingAuthority, keyIdOf } from './issuers.ts'

export const RESPONDER_CRASH_POINTS = ['responder.key made', 'responder.signed', 'responder.renewed'] as const

const DAY_MS = 86_400_000
const VALID_MS = 90 * DAY_MS
const RENEW_BEFORE_MS = 30 * DAY_MS

export interface ResponderFields {
  /** `sign-1`. */
  readonly id: string
  readonly issuer: Issuer
  /** The authority's key. */
  readonly key: PrivateKeyRef
  readonly responderKey: PrivateKeyRef
  readonly serial: number
  readonly notBefore: number
  /** The authority's own end: nothing is valid beyond it. */
  readonly notAfter: number
}

/** The certificate of a delegated responder (RFC 6960, 4.2.2.2). */
export const responderCertificate = (context: Context, fields: ResponderFields): Promise<Uint8Array> =>
  signedBy(context, fields.key, {
    profile: CERTIFICATE_PROFILES.ocspResponder,
    issuer: fields.issuer,
    serial: fields.serial,
    subject: encodeName([
      ['C', 'JP'],
      ['O', 'MADOGUCHI-TEST'],
      ['CN', `OCSP responder of ${fields.id}`],
    ]),
    notBefore: fields.notBefore,
    notAfter: Math.min(fields.notAfter, fields.notBefore + VALID_MS),
    publicKey: fields.responderKey.publicKey,
    keyId: keyIdOf(fields.responderKey.publicKey),
  })

/** Signs and checks the own signature: a key that signs wrongly certifies nothing. */
export async function signedBy(context: Context, key: PrivateKeyRef, fields: CertificateFields): Promise<Uint8Array> {
  const tbs = buildTbsCertificate(fields)
  const signature = await context.keys.sign(key, tbs)
  if (!isSignedBy(key.algorithm, key.publicKey, tbs, signature))
    throw new Error('authority: a key does not verify its own signature')
  return assembleSigned(tbs, key.algorithm, signature)
}

/** Adopts what other processes renewed and renews what is due; returns how many. Safe to run anywhere, twice at once. */
export async function tendResponders(parts: IssueParts): Promise<number> {
  await adoptResponders(parts.store, parts.issuers)
  const due = parts.issuers.filter((issuer) => isDue(issuer, parts.clock.now()))
  let renewed = 0
  for (const issuer of due) if (await renew(parts, issuer)) renewed++
  // Also where another process was faster.
  if (due.length > 0) await adoptResponders(parts.store, parts.issuers)
  return renewed
}

const ends = new WeakMap<Uint8Array, number>()

function endOf(certificate: Uint8Array): number {
  const known = ends.get(certificate)
  if (known !== undefined) return known
  const parsed = parseCertificate(certificate)
  if (!parsed.ok) throw parsed.error
  ends.set(certificate, parsed.value.notAfter)
  return parsed.value.notAfter
}

function isDue({ responderCertificate: certificate, notAfter }: IssuingAuthority, now: number): boolean {
  const end = endOf(certificate)
  return end - now <= RENEW_BEFORE_MS && end < notAfter
}

async function renew(parts: IssueParts, issuer: IssuingAuthority): Promise<boolean> {
  const { store, keys, guard, crash, nextIndex } = parts
  const now = guard.now()
  const responderKey = await keys.generate(issuer.algorithm)
  crash('responder.key made')
  const certificate = await responderCertificate(parts, {
    ...{ id: issuer.id, issuer, key: issuer.key, responderKey, notAfter: issuer.notAfter },
    serial: issuer.firstSerial + (await nextIndex(issuer.id, issuer.firstSerial)),
    notBefore: Math.floor(now / 1000) * 1000,
  })
  crash('responder.signed')
  const first = await store.transaction(async (tx) => {
    const touched = await tx.run(
      `UPDATE issuer SET responder_key_id = ?, responder_key = ?, responder_certificate = ?
       WHERE id = ? AND responder_key_id = ?`,
      ...[responderKey.id, responderKey.publicKey, certificate, issuer.id, issuer.responderKey.id],
    )
    if (touched === 0) return false
    const entry = { terminal: 'renewal', procedure: 'authority.responderRenewed', holder: '', object: issuer.id }
    await record(tx, { ...entry, result: 'done' }, now)
    return true
  })
  crash('responder.renewed')
  return first
}
