/** A small authority with fresh keys, for the tests of this folder. */
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign as nodeSign } from 'node:crypto'
import type { AlgorithmName, Sign } from '../../src/pki/algorithm.ts'
import { readPublicKey } from '../../src/pki/algorithm.ts'
import { type CertificateFields, type Issuer, issueCertificate } from '../../src/pki/certificate-build.ts'
import { decode } from '../../src/pki/der-reader.ts'
import {
  type AuthorityKind,
  authorityAltName,
  authorityName,
  authSubject,
  distributionPointOf,
  signSubject,
} from '../../src/pki/jpki-names.ts'
import { noSubstitutes } from '../../src/pki/personal-data.ts'
import { CERTIFICATE_PROFILES } from '../../src/pki/profile.ts'

export interface KeyPair {
  readonly privateKey: KeyObject
  readonly spki: Uint8Array
  readonly keyId: Uint8Array
}

export function keyPair(algorithm: AlgorithmName): KeyPair {
  const { privateKey, publicKey } =
    algorithm === 'rsa2048-sha256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))
  return {
    privateKey: createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    spki,
    keyId: keyIdOf(spki),
  }
}

export function keyIdOf(spki: Uint8Array): Uint8Array {
  const key = decode(spki, (cursor) => readPublicKey(cursor, 'key'))
  if (!key.ok) throw key.error
  return new Uint8Array(createHash('sha1').update(key.value.bits).digest())
}

export const signerOf =
  ({ privateKey }: KeyPair, algorithm: AlgorithmName): Sign =>
  (bytes) =>
    new Uint8Array(nodeSign(algorithm === 'p384-sha384' ? 'sha384' : 'sha256', bytes, privateKey))

export interface TestAuthority {
  readonly issuer: Issuer
  readonly keys: KeyPair
  readonly certificate: Uint8Array
  readonly sign: Sign
  readonly kind: AuthorityKind
}

export const AT = { notBefore: Date.UTC(2026, 0, 5, 1, 2, 3), notAfter: Date.UTC(2031, 2, 31, 14, 59, 59) }

export async function testAuthority(kind: AuthorityKind, algorithm: AlgorithmName, serial = 1): Promise<TestAuthority> {
  const keys = keyPair(algorithm)
  const issuer: Issuer = {
    name: authorityName(kind),
    altName: authorityAltName(kind),
    serial,
    keyId: keys.keyId,
    algorithm,
    cps: 'http://127.0.0.1:8700/cps.html',
    ocsp: 'http://127.0.0.1:8700/ocsp',
  }
  const sign = signerOf(keys, algorithm)
  const certificate = await issueCertificate(
    {
      profile: CERTIFICATE_PROFILES.ca,
      issuer,
      serial,
      subject: issuer.name,
      notBefore: Date.UTC(2024, 0, 1),
      notAfter: Date.UTC(2034, 0, 1),
      publicKey: keys.spki,
      keyId: keys.keyId,
      distributionPoint: { name: issuer.name },
    },
    sign,
  )
  return { issuer, keys, certificate, sign, kind }
}

/** Fields of a holder's certificate; the invented holder is 番号 花子. */
export function holderFields(authority: TestAuthority, keys: KeyPair, serial = 0x1a2b3c4d): CertificateFields {
  const { issuer, kind } = authority
  const name = '番号　花子'
  const address = '東京都清瀬市見本町１－２－３'
  return {
    profile: CERTIFICATE_PROFILES[kind],
    issuer,
    serial,
    subject:
      kind === 'auth'
        ? authSubject('0123456789ABCD', '13221')
        : signSubject('Tokyo-to', 'Kiyose-shi', '2026010510020300000000000001'),
    ...AT,
    publicKey: keys.spki,
    keyId: keys.keyId,
    distributionPoint: {
      name: distributionPointOf(kind, 'Tokyo-to', 'Kiyose-shi'),
      url: 'http://127.0.0.1:8700/crl/13221.crl',
    },
    personalData: {
      name,
      nameSubstitutes: noSubstitutes(name),
      sex: '2',
      birth: '419890331',
      address,
      addressSubstitutes: noSubstitutes(address),
    },
  }
}
