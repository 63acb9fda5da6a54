/**
 * The rules a certificate must keep before its bytes are signed (rule 2). Each looks at the parsed bytes, not at what the builder
 * was told, and compares them with the profile, the authority and the order. Here are those about what is a certificate's own.
 */
import { equal } from '../../base/bytes.ts'
import type { Certificate } from '../../pki/certificate.ts'
import { attributeOf } from '../../pki/name.ts'
import { JPKI_PERSONAL_DATA, OID } from '../../pki/oids.ts'
import { personalDataOf } from '../../pki/personal-data.ts'
import { dateInJapan, endOfDay, isCalendarDate } from '../../pki/validity.ts'
import { keyIdOfBits } from './issuers.ts'
import { isStrongModulus, rsaNumbers } from './key-strength.ts'
import { FRAME_RULES, type LintedFrame, ruleOf, same } from './lint-frame-rules.ts'
import type { Order } from './order.ts'

export interface Linted extends LintedFrame {
  readonly certificate: Omit<Certificate, 'encoding' | 'tbs' | 'signatureAlgorithm' | 'signature'>
  readonly order: Order
  readonly now: number
}

export type LintRule = (linted: Linted) => boolean

const ERA_STARTS = ['00000000', '18680125', '19120730', '19261225', '19890108', '20190501'] as const

const personal = ({ certificate }: Linted) => personalDataOf(certificate.extensions.subjectAltName)
const forSignature = ({ profile }: Linted) => ruleOf(profile, 'personalData') !== undefined
const FIELDS = ['name', 'nameSubstitutes', 'sex', 'birth', 'address', 'addressSubstitutes'] as const
/** Only for certificates that carry personal data. */
const ofPerson =
  (rule: (data: NonNullable<ReturnType<typeof personal>>) => boolean): LintRule =>
  (linted) => {
    const data = personal(linted)
    return !forSignature(linted) || (data !== undefined && rule(data))
  }
const onlyRsa =
  (rule: (numbers: NonNullable<ReturnType<typeof rsaNumbers>>) => boolean): LintRule =>
  ({ certificate: { publicKey } }) => {
    const numbers = publicKey.algorithm === 'rsa2048-sha256' ? rsaNumbers(publicKey.bits) : undefined
    return numbers === undefined || rule(numbers)
  }
const length = (text: string) => Array.from(text).length
/** Nothing invisible in what a person would read: no control, private-use, or unassigned characters, no stray space. */
const isPlainText = (text: string) =>
  text.length > 0 && text.trim() === text && !/[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/u.test(text)

/** Rules about what is a certificate's own. */
export const OWN_RULES: Readonly<Record<string, LintRule>> = {
  serialInFourBytes: ({ certificate: { serial } }) => serial > 0n && serial <= 0x7fffffffn,
  serialInRangeOfAuthority: ({ certificate: { serial }, issuer }) => serial >= BigInt(issuer.firstSerial),
  serialIsNotTheAuthoritys: ({ certificate: { serial }, issuer }) => serial !== BigInt(issuer.serial),
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
  rsaExponent: onlyRsa(({ exponent }) => exponent === 65537),
  rsaModulusStrong: onlyRsa(({ modulus }) => isStrongModulus(BigInt(`0x${Buffer.from(modulus).toString('hex')}`))),
  subjectKeyId: ({ certificate: { extensions, publicKey } }) =>
    extensions.subjectKeyId !== undefined && equal(extensions.subjectKeyId, keyIdOfBits(publicKey.bits)),
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
  personIsTheOrdered: (linted) => {
    const [data, ordered] = [personal(linted), linted.order.personalData]
    return !forSignature(linted) || (data !== undefined && FIELDS.every((field) => data[field] === ordered[field]))
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

export const LINT_RULES: Readonly<Record<string, LintRule>> = { ...FRAME_RULES, ...OWN_RULES }
