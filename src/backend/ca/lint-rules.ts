/**
 * The rules a certificate must keep before its bytes are signed (rule 2). Each looks at the parsed bytes, not at what the builder
 * was told, and compares them with the profile, the authority and the order.
 */
import { equal } from '../../base/bytes.ts'
import type { Certificate } from '../../pki/certificate.ts'
import { attributeOf } from '../../pki/name.ts'
import { JPKI_PERSONAL_DATA, OID } from '../../pki/oids.ts'
import { personalDataOf } from '../../pki/personal-data.ts'
import type { CertificateProfile, ExtensionRule } from '../../pki/profile.ts'
import { dateInJapan, endOfDay, isCalendarDate } from '../../pki/validity.ts'
import { crlAddress, type IssuingAuthority, keyIdOf } from './issuers.ts'
import { isStrongModulus, rsaNumbers } from './key-strength.ts'
import { KINDS } from './kinds.ts'
import type { Order } from './order.ts'

export interface Linted {
  readonly certificate: Certificate
  readonly size: number
  readonly issuer: IssuingAuthority
  readonly profile: CertificateProfile
  readonly order: Order
  readonly distributionPoint: Uint8Array
  readonly now: number
}

export type LintRule = (linted: Linted) => boolean

/** Largest certificate that fits the card's file (facts 2.6.2: about 1.6 kB auth; 2 kB and long addresses for sign). */
const LARGEST = 4_096
const ERA_STARTS = ['00000000', '18680125', '19120730', '19261225', '19890108', '20190501'] as const

const ruleOf = <K extends ExtensionRule['id']>(profile: CertificateProfile, id: K) =>
  profile.extensions.find((rule): rule is Extract<ExtensionRule, { id: K }> => rule.id === id)

const EXTENSION_OID: Readonly<Record<ExtensionRule['id'], string>> = {
  keyUsage: OID.keyUsage,
  extKeyUsage: OID.extKeyUsage,
  personalData: OID.subjectAltName,
  certificatePolicies: OID.certificatePolicies,
  issuerAltName: OID.issuerAltName,
  authorityAltName: OID.subjectAltName,
  basicConstraints: OID.basicConstraints,
  cRLDistributionPoints: OID.cRLDistributionPoints,
  authorityInfoAccess: OID.authorityInfoAccess,
  authorityKeyIdentifier: OID.authorityKeyIdentifier,
  subjectKeyIdentifier: OID.subjectKeyIdentifier,
  ocspNoCheck: OID.ocspNoCheck,
}

const same = (a: readonly string[] | undefined, b: readonly string[] | undefined) =>
  (a ?? []).join(' ') === (b ?? []).join(' ')
const personal = ({ certificate }: Linted) => personalDataOf(certificate.extensions.subjectAltName)
const forSignature = ({ profile }: Linted) => ruleOf(profile, 'personalData') !== undefined
/** Only for certificates that carry personal data. */
const ofPerson =
  (rule: (data: NonNullable<ReturnType<typeof personal>>) => boolean): LintRule =>
  (linted) => {
    const data = personal(linted)
    return !forSignature(linted) || (data !== undefined && rule(data))
  }
const onlyRsa =
  (rule: (modulus: bigint, exponent: bigint) => boolean): LintRule =>
  ({ certificate: { publicKey } }) => {
    const numbers = publicKey.algorithm === 'rsa2048-sha256' ? rsaNumbers(publicKey.bits) : undefined
    return numbers === undefined || rule(numbers.modulus, numbers.exponent)
  }
const length = (text: string) => Array.from(text).length
/** Nothing invisible in what a person would read: no control, private-use, or unassigned characters, no stray space. */
const isPlainText = (text: string) =>
  text.length > 0 && text.trim() === text && !/[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/u.test(text)

export const LINT_RULES: Readonly<Record<string, LintRule>> = {
  serialInFourBytes: ({ certificate: { serial } }) => serial > 0n && serial <= 0x7fffffffn,
  serialInRangeOfAuthority: ({ certificate: { serial }, issuer }) => serial >= BigInt(issuer.firstSerial),
  serialIsNotTheAuthoritys: ({ certificate: { serial }, issuer }) => serial !== BigInt(issuer.serial),
  issuerIsTheAuthority: ({ certificate, issuer }) => equal(certificate.issuer.encoding, issuer.name),
  fitsTheCard: ({ size }) => size <= LARGEST,

  notBeforeIsNow: ({ certificate: { notBefore }, now }) => Math.abs(now - notBefore) <= 60_000,
  notAfterFollows: ({ certificate: { notBefore, notAfter } }) => notAfter > notBefore,
  notAfterEndsADayInJapan: ({ certificate: { notAfter } }) => endOfDay(dateInJapan(notAfter)) === notAfter,
  notAfterWithinAuthority: ({ certificate: { notAfter }, issuer }) => notAfter <= issuer.notAfter,
  notAfterWithinCard: ({ certificate: { notAfter }, order }) => notAfter <= endOfDay(order.cardExpiry),

  subjectCountry: ({ certificate }) => attributeOf(certificate.subject, 'C') === 'JP',
  subjectIsNotTheAuthority: ({ certificate, issuer }) => !equal(certificate.subject.encoding, issuer.name),
  subjectCommonName: (linted) =>
    (forSignature(linted) ? /^\d{28}$/ : /^[0-9A-Z]{14}\d{5}003A$/).test(
      attributeOf(linted.certificate.subject, 'CN') ?? '',
    ),
  subjectMunicipality: (linted) => {
    const places = linted.certificate.subject.attributes.filter(({ type }) => type === OID.localityName)
    const { prefecture, name, code } = linted.order.municipality
    return forSignature(linted)
      ? same(
          places.map(({ value }) => value),
          [prefecture, name],
        )
      : attributeOf(linted.certificate.subject, 'CN')?.slice(14, 19) === code.slice(0, 5)
  },
  subjectHasNothingElse: (linted) => linted.certificate.subject.attributes.length === (forSignature(linted) ? 4 : 2),

  keyOfProfile: ({ certificate: { publicKey }, profile }) => profile.keys.includes(publicKey.algorithm),
  keyIsTheOrdered: ({ certificate: { publicKey }, order }) => equal(publicKey.spki, order.publicKey),
  keyIsNotTheAuthoritys: ({ certificate: { publicKey }, issuer }) => !equal(publicKey.spki, issuer.key.publicKey),
  rsaExponent: onlyRsa((_, exponent) => exponent === 65537n),
  rsaModulusStrong: onlyRsa((modulus) => isStrongModulus(modulus)),

  extensionsInOrder: ({ certificate: { extensions }, profile }) =>
    same(
      extensions.order.map(({ id }) => id),
      profile.extensions.map(({ id }) => EXTENSION_OID[id]),
    ),
  extensionsCritical: ({ certificate: { extensions }, profile }) =>
    extensions.order.every(({ critical }, i) => critical === profile.extensions[i]?.critical),
  noUnknownCritical: ({ certificate: { extensions } }) => extensions.unknownCritical.length === 0,
  notAnAuthority: ({ certificate: { extensions } }) => extensions.basicConstraints === undefined,
  keyUsage: ({ certificate: { extensions }, profile }) =>
    same(extensions.keyUsage, ruleOf(profile, 'keyUsage')?.usages),
  extKeyUsage: ({ certificate: { extensions }, profile }) =>
    same(extensions.extKeyUsage, ruleOf(profile, 'extKeyUsage')?.purposes),
  policyOfKind: ({ certificate: { extensions }, order }) =>
    same(
      extensions.policies?.map(({ policy }) => policy),
      [KINDS[order.kind].policy],
    ),
  practiceStatement: ({ certificate: { extensions }, issuer }) => extensions.policies?.[0]?.cps === issuer.cps,
  issuerAltName: ({ certificate: { extensions }, issuer }) => {
    const [name, ...more] = extensions.issuerAltName ?? []
    return name?.kind === 'directoryName' && more.length === 0 && equal(name.name.encoding, issuer.altName)
  },
  distributionPointName: ({ certificate: { extensions }, distributionPoint }) => {
    const name = extensions.distributionPoints?.[0]?.[0]
    return name?.kind === 'directoryName' && equal(name.name.encoding, distributionPoint)
  },
  distributionPointAddress: ({ certificate: { extensions }, issuer, order }) => {
    const [point, ...more] = extensions.distributionPoints ?? []
    const address = point?.[1]
    return more.length === 0 && address?.kind === 'uri' && address.uri === crlAddress(issuer, order.municipality.code)
  },
  ocspAddress: ({ certificate: { extensions }, profile, issuer }) =>
    same(extensions.ocsp, ruleOf(profile, 'authorityInfoAccess') === undefined ? [] : [issuer.ocsp]),
  authorityKeyId: ({ certificate: { extensions }, issuer }) => {
    const id = extensions.authorityKeyId
    return id?.keyId !== undefined && equal(id.keyId, issuer.keyId) && id.serial === BigInt(issuer.serial)
  },
  authorityKeyName: ({ certificate: { extensions }, issuer }) => {
    const name = extensions.authorityKeyId?.issuer
    return name !== undefined && equal(name.encoding, issuer.name)
  },
  subjectKeyId: ({ certificate: { extensions, publicKey } }) =>
    extensions.subjectKeyId !== undefined && equal(extensions.subjectKeyId, keyIdOf(publicKey.spki)),

  noPersonalDataElsewhere: (linted) =>
    forSignature(linted) || linted.certificate.extensions.subjectAltName === undefined,
  personalDataExactly: (linted) => {
    if (!forSignature(linted)) return true
    const types = linted.certificate.extensions.subjectAltName?.map((name) =>
      name.kind === 'otherName' ? name.type : '',
    )
    return same(
      types,
      [1, 4, 3, 5, 2, 6].map((arc) => `${JPKI_PERSONAL_DATA}.${arc}`),
    )
  },
  personName: ofPerson(({ name }) => isPlainText(name) && length(name) <= 100),
  personNameSubstitutes: ofPerson(
    (d) => /^[01]*$/.test(d.nameSubstitutes) && d.nameSubstitutes.length === length(d.name),
  ),
  personSex: ofPerson(({ sex }) => /^[129]$/.test(sex)),
  personBirth: ofPerson(({ birth }) => {
    const era = Number(birth[0])
    const date = birth.slice(1)
    const [start, next] = [ERA_STARTS[era], ERA_STARTS[era + 1]]
    if (!/^[0-5]\d{8}$/.test(birth) || start === undefined) return false
    return era === 0 || (isCalendarDate(date) && date >= start && (next === undefined || date <= next))
  }),
  personAddress: ofPerson(({ address }) => isPlainText(address) && length(address) <= 200),
  personAddressSubstitutes: ofPerson(
    (d) => /^[01]*$/.test(d.addressSubstitutes) && d.addressSubstitutes.length === length(d.address),
  ),
}
