/** The two certificates of a simulated card (facts 5.2–5.4). */
import { createHash } from 'node:crypto'
import { authSubject, distributionPointOf, signSubject } from '../../src/pki/jpki-names.ts'
import { noSubstitutes } from '../../src/pki/personal-data.ts'
import { CERTIFICATE_PROFILES } from '../../src/pki/profile.ts'
import { endOfDay } from '../../src/pki/validity.ts'
import { AUTHORITY_ADDRESS, type Generation, issueWith, testAuthority } from './authority.ts'
import { eraOf } from './era.ts'
import type { Holder } from './holder.ts'
import type { FactoryKey } from './key-source.ts'

export interface CertificateOrder {
  readonly kind: 'sign' | 'auth'
  readonly generation: Generation
  readonly cardSerial: string
  readonly holder: Holder
  readonly key: FactoryKey
  /** First and last valid day, `YYYYMMDD`. */
  readonly issued: string
  readonly expiry: string
}

/** 10:20:30 in Japan: certificates are issued in office hours. */
const issuedAt = (date: string): number => endOfDay(date) - 86_399_000 + (10 * 3600 + 20 * 60 + 30) * 1000

/** The certificate, DER. The same order gives the same bytes. */
export function holderCertificate({
  kind,
  generation,
  cardSerial,
  holder,
  key,
  issued,
  expiry,
}: CertificateOrder): Uint8Array {
  const { municipality, name, address } = holder
  const unique = createHash('sha256').update(`${kind} ${generation} ${cardSerial} ${issued}`).digest()
  return issueWith(testAuthority(kind, generation), {
    profile: CERTIFICATE_PROFILES[kind],
    serial: (unique.readUInt32BE(0) & 0x3fffffff) | 0x40000000,
    subject:
      kind === 'auth'
        ? authSubject(unique.toString('hex', 4, 11).toUpperCase(), municipality.code)
        : signSubject(municipality.prefectureRomaji, municipality.nameRomaji, signNumber(issued, unique)),
    notBefore: issuedAt(issued),
    notAfter: endOfDay(expiry),
    publicKey: key.spki,
    keyId: key.keyId,
    distributionPoint: {
      name: distributionPointOf(kind, municipality.prefectureRomaji, municipality.nameRomaji),
      url: `${AUTHORITY_ADDRESS}/crl/${kind}-${generation}/${municipality.code}.crl`,
    },
    personalData: {
      name,
      nameSubstitutes: noSubstitutes(name),
      sex: holder.sex,
      birth: `${eraOf(holder.birth).digit}${holder.birth}`,
      address,
      addressSubstitutes: noSubstitutes(address),
    },
  })
}

/** 28 digits: time of issue, then 14 that tell certificates of one second apart. */
const signNumber = (issued: string, unique: Buffer): string =>
  `${issued}102030${String(unique.readUIntBE(11, 6) % 1e14).padStart(14, '0')}`
