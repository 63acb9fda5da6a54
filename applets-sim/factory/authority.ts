/**
 * The authorities behind simulated cards: two generations of the sign and auth authorities, and the hierarchy of card-verifiable
 * certificates. All of it is a test hierarchy of this project with public private keys; nothing real trusts it (decision 0021).
 */
import {
  assembleSigned,
  buildTbsCertificate,
  type CertificateFields,
  type Issuer,
} from '../../src/pki/certificate-build.ts'
import { type AuthorityKind, authorityAltName, authorityName } from '../../src/pki/jpki-names.ts'
import { toPem } from '../../src/pki/pem.ts'
import { CERTIFICATE_PROFILES } from '../../src/pki/profile.ts'
import { type FactoryKey, keyPool } from './key-source.ts'
import authorityKeys from './keys/authority-keys.json' with { type: 'json' }

const pool = keyPool(authorityKeys.keys)

/** Everything is on this machine; the port is the one the backend listens on by default. */
export const AUTHORITY_ADDRESS = 'http://127.0.0.1:8460'

export type Generation = 1 | 2
const GENERATIONS: Readonly<
  Record<Generation, { readonly serial: number; readonly notBefore: number; readonly notAfter: number }>
> = {
  1: { serial: 1, notBefore: Date.UTC(2010, 3, 1), notAfter: Date.UTC(2039, 2, 31, 14, 59, 59) },
  2: { serial: 0x02000001, notBefore: Date.UTC(2015, 3, 1), notAfter: Date.UTC(2049, 2, 31, 14, 59, 59) },
}
const KEY_INDEX = { sign: { 1: 0, 2: 1 }, auth: { 1: 2, 2: 3 } } as const

/** A certification authority of the test hierarchy. Its key is public: whoever has this repository can sign with it. */
export interface TestAuthority {
  readonly kind: AuthorityKind
  readonly generation: Generation
  readonly issuer: Issuer
  readonly key: FactoryKey
  /** Self-signed certificate, DER. */
  readonly certificate: Uint8Array
}

/** A certificate, DER, issued by this authority. */
export function issueWith(
  authority: Pick<TestAuthority, 'key' | 'issuer'>,
  fields: Omit<CertificateFields, 'issuer'>,
): Uint8Array {
  const tbs = buildTbsCertificate({ ...fields, issuer: authority.issuer })
  return assembleSigned(tbs, authority.issuer.algorithm, authority.key.sign(tbs))
}

const made = new Map<string, TestAuthority>()

export function testAuthority(kind: AuthorityKind, generation: Generation): TestAuthority {
  const name = `${kind}-${generation}`
  const known = made.get(name)
  if (known !== undefined) return known
  const key = pool(KEY_INDEX[kind][generation])
  const { serial, notBefore, notAfter } = GENERATIONS[generation]
  const issuer: Issuer = {
    name: authorityName(kind),
    altName: authorityAltName(kind),
    serial,
    keyId: key.keyId,
    algorithm: 'rsa2048-sha256',
    cps: `${AUTHORITY_ADDRESS}/cps`,
    ocsp: `${AUTHORITY_ADDRESS}/ocsp/${name}`,
  }
  const certificate = issueWith(
    { key, issuer },
    {
      profile: CERTIFICATE_PROFILES.ca,
      serial,
      subject: issuer.name,
      notBefore,
      notAfter,
      publicKey: key.spki,
      keyId: key.keyId,
      distributionPoint: { name: issuer.name },
    },
  )
  const authority: TestAuthority = { kind, generation, issuer, key, certificate }
  made.set(name, authority)
  return authority
}

/** Both authorities in both generations. */
export const testAuthorities = (): readonly TestAuthority[] =>
  (['sign', 'auth'] as const).flatMap((kind) => ([1, 2] as const).map((generation) => testAuthority(kind, generation)))

/** All authority certificates as one PEM text, for `openssl verify -CAfile`. */
export const authorityBundle = (): string =>
  testAuthorities()
    .map(({ certificate }) => toPem('CERTIFICATE', certificate))
    .join('')

/** Roots of the card-verifiable hierarchy: real ones begin with 5, those of the real test cards with 6, these with 9. */
const CV_ROOTS = { cardManager: '9000020/001', visual: '9000023/001', text: '9000033/001' } as const
export type CvChain = keyof typeof CV_ROOTS
const CV_ROOT_INDEX = { cardManager: 4, visual: 5, text: 6 } as const

/** A key of the card-verifiable hierarchy with its reference. */
export interface CvKey {
  readonly reference: string
  readonly key: FactoryKey
}

export const cvRoot = (chain: CvChain): CvKey => ({ reference: CV_ROOTS[chain], key: pool(CV_ROOT_INDEX[chain]) })

/** Public keys of the card-verifiable roots, by reference: what a genuine-card check must know beforehand. */
export const cvRootKeys = (): readonly { reference: string; modulus: Uint8Array; exponent: Uint8Array }[] =>
  (Object.keys(CV_ROOTS) as CvChain[]).map((chain) => {
    const { reference, key } = cvRoot(chain)
    return { reference, modulus: key.modulus, exponent: key.exponent }
  })

/** The authority under the card manager's root that certifies terminals (特定機関認証) and lower keys. */
export const cvIntermediate = (): CvKey => ({ reference: '9000021/001', key: pool(7) })
export const cvLower = (): CvKey => ({ reference: '9000022/001', key: pool(8) })

const FIRST_MUNICIPAL_KEY = 9

/** The key with which a municipality's records are signed; its number is the municipality's code and `21` or `31`. */
export function municipalKey(chain: 'visual' | 'text', municipalityCode: string): CvKey {
  const keys = authorityKeys.keys.length - FIRST_MUNICIPAL_KEY
  const index = FIRST_MUNICIPAL_KEY + ((2 * Number(municipalityCode) + (chain === 'text' ? 1 : 0)) % keys)
  return { reference: `${municipalityCode}${chain === 'visual' ? '21' : '31'}/000`, key: pool(index) }
}
