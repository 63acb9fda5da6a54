/** The key ceremony: authorities come into being from one file that says everything about them, once. */
import { z } from 'zod'
import { authorityAltName, authorityName } from '../../pki/jpki-names.ts'
import { CERTIFICATE_PROFILES } from '../../pki/profile.ts'
import { VALIDITY_RULES } from '../../pki/validity.ts'
import { record } from '../audit/record.ts'
import type { Context } from '../context.ts'
import { UniqueViolation } from '../store/store.ts'
import { keyIdOf } from './issuers.ts'
import { responderCertificate, signedBy } from './responder.ts'

export const CEREMONY_CRASH_POINTS = [
  'ceremony.key made',
  'ceremony.responder key made',
  'ceremony.established',
] as const

const address = z.url({ protocol: /^http$/ }).describe('http address, on this machine only')

/** The authority's own responder gets the serial after the authority's. */
const responderSerial = (serial: number): number => serial + 1

/** A certificate renewed in its window ends a birthday later. */
const LONGEST_CERTIFICATE_YEARS = {
  current: VALIDITY_RULES.current.certificateBirthday + 1,
  next: VALIDITY_RULES.next.certificateBirthday + 1,
} as const

export const ceremonyFile = z.strictObject({
  authorities: z
    .array(
      z
        .strictObject({
          authority: z.enum(['sign', 'auth']),
          generation: z.int().min(1).max(99),
          algorithm: z.enum(['rsa2048-sha256', 'p384-sha384']),
          validYears: z.int().min(1).max(20),
          /** Serial of the authority's own certificate, and of the first certificate it issues (four bytes, facts 5.2). */
          serial: z.int().min(1).max(0x7fffffff),
          firstSerial: z.int().min(1).max(0x7f000000),
          issuing: z.boolean(),
          /** Rules its certificates end by: today's, or those of the next card (F48). */
          validity: z.enum(['current', 'next']).optional(),
          cps: address,
          ocsp: address,
          crl: address,
        })
        .refine(({ serial, firstSerial }) => firstSerial > responderSerial(serial), {
          path: ['firstSerial'],
          error: 'the serials to be issued would meet those of the authority and its OCSP responder',
        })
        .refine(({ validity, validYears }) => validYears > LONGEST_CERTIFICATE_YEARS[validity ?? 'current'], {
          path: ['validYears'],
          error: 'its certificates would be valid longer than the authority',
        }),
    )
    .min(1),
})
export type CeremonyFile = z.infer<typeof ceremonyFile>
type Authority = CeremonyFile['authorities'][number]

/**
 * Makes every authority of the file that does not exist yet: keys, self-signed certificate, OCSP responder. Safe to repeat and
 * to run twice at once; an authority that exists is left alone. Returns the ids of those made.
 */
export async function holdCeremony(context: Context, file: CeremonyFile): Promise<readonly string[]> {
  const made: string[] = []
  for (const authority of file.authorities) {
    const id = `${authority.authority}-${authority.generation}`
    const known = await context.store.get('SELECT id FROM issuer WHERE id = ?', id)
    if (known !== undefined) continue
    try {
      await establish(context, id, authority)
      made.push(id)
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error
    }
  }
  return made
}

async function establish(context: Context, id: string, authority: Authority): Promise<void> {
  const { store, keys, clock, crash } = context
  const notBefore = Math.floor(clock.now() / 1000) * 1000
  const notAfter = new Date(notBefore).setUTCFullYear(new Date(notBefore).getUTCFullYear() + authority.validYears)
  const name = authorityName(authority.authority)
  const key = await keys.generate(authority.algorithm)
  crash('ceremony.key made')
  const keyId = keyIdOf(key.publicKey)
  const issuer = {
    name,
    altName: authorityAltName(authority.authority),
    serial: authority.serial,
    keyId,
    algorithm: authority.algorithm,
    cps: authority.cps,
    ocsp: authority.ocsp,
  }
  const certificate = await signedBy(context, key, {
    profile: CERTIFICATE_PROFILES.ca,
    issuer,
    serial: authority.serial,
    subject: name,
    notBefore,
    notAfter,
    publicKey: key.publicKey,
    keyId,
    distributionPoint: { name },
  })
  const responderKey = await keys.generate(authority.algorithm)
  crash('ceremony.responder key made')
  const responder = await responderCertificate(context, {
    ...{ id, issuer, key, responderKey, serial: responderSerial(authority.serial), notBefore, notAfter },
  })
  await store.transaction(async (tx) => {
    await tx.run(
      `INSERT INTO issuer (id, authority, generation, algorithm, key_id, public_key, certificate, serial, not_after, issuing,
        first_serial, next_index, validity, cps, ocsp, crl, responder_key_id, responder_key, responder_certificate)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      authority.authority,
      authority.generation,
      authority.algorithm,
      key.id,
      key.publicKey,
      certificate,
      authority.serial,
      notAfter,
      authority.issuing ? 1 : 0,
      authority.firstSerial,
      authority.validity ?? 'current',
      authority.cps,
      authority.ocsp,
      authority.crl,
      responderKey.id,
      responderKey.publicKey,
      responder,
    )
    const entry = { terminal: 'ceremony', procedure: 'authority.established', holder: '', object: id, result: 'done' }
    await record(tx, entry, clock.now())
  })
  crash('ceremony.established')
}
