/**
 * Names in the form of the JPKI certificates (facts 5.1–5.3), under an organisation nobody can mistake for the real one.
 * All generations of one kind of authority share one name; only signature checking tells them apart.
 */
import { encodeName, type NameParts } from './name.ts'

export type AuthorityKind = 'sign' | 'auth'

const ORGANIZATION = 'MADOGUCHI-TEST'
const UNIT = { sign: 'digital signature', auth: 'user authentication' } as const
const ALT_ORGANIZATION = '窓口模擬認証サービス'
const ALT_UNIT = { sign: '署名用', auth: '利用者証明用' } as const

const authorityParts = (kind: AuthorityKind): NameParts => [
  ['C', 'JP'],
  ['O', ORGANIZATION],
  ['OU', `${ORGANIZATION} for ${UNIT[kind]}`],
]

/** Subject of an authority and issuer of everything it signs. */
export const authorityName = (kind: AuthorityKind): Uint8Array =>
  encodeName([...authorityParts(kind), ['OU', 'Madoguchi Simulator (no real authority)']])

/** The same in Japanese, for subjectAltName and issuerAltName. */
export const authorityAltName = (kind: AuthorityKind): Uint8Array =>
  encodeName([
    ['C', 'JP'],
    ['O', ALT_ORGANIZATION],
    ['OU', `${ALT_ORGANIZATION}${ALT_UNIT[kind]}`],
    ['OU', '窓口シミュレーター（実在しない機関）'],
  ])

/** Directory name of the CRL of one municipality: `Tokyo-to`, `Kiyose-shi`. */
export const distributionPointOf = (kind: AuthorityKind, prefecture: string, municipality: string): Uint8Array =>
  encodeName([
    ...authorityParts(kind),
    ['OU', 'CRL Distribution Points'],
    ['OU', prefecture],
    ['CN', `${municipality} CRLDP`],
  ])

/**
 * Subject of a 利用者証明用 certificate: `unique` (14 capitals and digits), the five-digit municipality code, `003A`.
 * It says nothing else of the holder.
 */
export function authSubject(unique: string, municipalityCode: string): Uint8Array {
  if (!/^[0-9A-Z]{14}$/.test(unique)) throw new RangeError('authSubject: unique is not 14 capitals and digits')
  if (!/^\d{5}$/.test(municipalityCode)) throw new RangeError('authSubject: municipality code is not five digits')
  return encodeName([
    ['C', 'JP'],
    ['CN', `${unique}${municipalityCode}003A`],
  ])
}

/** Subject of a 署名用 certificate: prefecture, municipality, and 28 digits that begin with the time of issue. */
export function signSubject(prefecture: string, municipality: string, digits: string): Uint8Array {
  if (!/^\d{28}$/.test(digits)) throw new RangeError('signSubject: common name is not 28 digits')
  return encodeName([
    ['C', 'JP'],
    ['L', prefecture],
    ['L', municipality],
    ['CN', digits],
  ])
}
