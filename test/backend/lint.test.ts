import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type IssuingAuthority, keyIdOf, loadIssuers } from '../../src/backend/ca/issuers.ts'
import { KINDS } from '../../src/backend/ca/kinds.ts'
import { lint } from '../../src/backend/ca/lint.ts'
import { LINT_RULES, type Linted } from '../../src/backend/ca/lint-rules.ts'
import type { Order } from '../../src/backend/ca/order.ts'
import { draft } from '../../src/backend/ca/reserve.ts'
import { concat } from '../../src/base/bytes.ts'
import { buildTbsCertificate, type CertificateFields } from '../../src/pki/certificate-build.ts'
import { authorityName, authSubject, distributionPointOf } from '../../src/pki/jpki-names.ts'
import { encodeName } from '../../src/pki/name.ts'
import { OID } from '../../src/pki/oids.ts'
import { CERTIFICATE_PROFILES, type CertificateProfile, type ExtensionRule } from '../../src/pki/profile.ts'
import { endOfDay } from '../../src/pki/validity.ts'
import { type CardKey, cardKey, type Fixture, issueFor, NOON, openFixture, orderFor } from './fixture.ts'

let parts: Fixture
let folder: string
let rsa: CardKey
const issuers = new Map<string, IssuingAuthority>()

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'madoguchi-lint-'))
  parts = await openFixture({ folder }, { hierarchy: 'both' })
  for (const issuer of await loadIssuers(parts.store)) issuers.set(issuer.id, issuer)
  rsa = cardKey('rsa')
})
after(async () => {
  await parts.store.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Wrong {
  readonly fields?: Partial<CertificateFields>
  readonly order?: Partial<Order>
  readonly seen?: Partial<Omit<Linted, 'certificate' | 'size'>>
  readonly kind?: 'sign' | 'auth'
}

const POINT = {
  sign: distributionPointOf('sign', 'Tokyo-to', 'Kiyose-shi'),
  auth: distributionPointOf('auth', 'Tokyo-to', 'Kiyose-shi'),
}

/** Rules broken by a certificate that is right but for what `wrong` says. `order` changes what was ordered, not what is built. */
function broken({ fields = {}, order: ordered = {}, seen = {}, kind = 'auth' }: Wrong): readonly string[] {
  const issuer = issuers.get(`${kind}-1`) as IssuingAuthority
  const order = orderFor(kind, rsa, ordered)
  const { profile } = KINDS[kind]
  const built = orderFor(kind, rsa)
  const tbs = buildTbsCertificate({
    profile,
    issuer,
    serial: issuer.firstSerial + 5,
    subject: kind === 'auth' ? authSubject('ABCDEFGHIJ1234', '13221') : SIGN_SUBJECT,
    notBefore: NOON,
    notAfter: endOfDay('20310331'),
    publicKey: rsa.publicKey,
    keyId: keyIdOf(rsa.publicKey),
    distributionPoint: { name: POINT[kind], url: `${issuer.crl}/${issuer.id}/132217.crl` },
    personalData: built.personalData,
    ...fields,
  })
  return lint(tbs, { issuer, profile, order, distributionPoint: POINT[kind], now: NOON, ...seen })
}

const SIGN_SUBJECT = encodeName([
  ['C', 'JP'],
  ['L', 'Tokyo-to'],
  ['L', 'Kiyose-shi'],
  ['CN', '2026110203000000012345678901'],
])
const withRule = (
  profile: CertificateProfile,
  change: (rule: ExtensionRule) => ExtensionRule | undefined,
): CertificateProfile => ({
  ...profile,
  extensions: profile.extensions.flatMap((rule) => change(rule) ?? []),
})
const without = (id: ExtensionRule['id'], profile: CertificateProfile = CERTIFICATE_PROFILES.auth) =>
  withRule(profile, (rule) => (rule.id === id ? undefined : rule))
const personal = (change: Partial<Order['personalData']>): Wrong => ({
  kind: 'sign',
  fields: { personalData: { ...orderFor('sign', rsa).personalData, ...change } },
})
const issuerWith = (change: Partial<IssuingAuthority>): Wrong => ({
  fields: { issuer: { ...(issuers.get('auth-1') as IssuingAuthority), ...change } },
})
/** A 2048-bit modulus that three divides: every byte sum of FF… 2047 bits plus 1 would not; found by stepping. */
function weakRsa(): Uint8Array {
  const strong = Uint8Array.from(rsa.publicKey)
  const at = strong.length - 5 - 1
  for (let tail = 1; tail < 255; tail += 2) {
    strong[at] = tail
    if (modulus(strong) % 3n === 0n) return strong
  }
  throw new Error('no multiple of three among 127 odd numbers')
}
const modulus = (spki: Uint8Array) =>
  BigInt(`0x${Buffer.from(spki.subarray(spki.length - 5 - 256, spki.length - 5)).toString('hex')}`)
const exponent3 = (): Uint8Array => {
  const spki = Uint8Array.from(rsa.publicKey)
  spki[spki.length - 1] = 3
  return spki
}
const keyed = (publicKey: Uint8Array): Wrong => ({
  fields: { publicKey, keyId: keyIdOf(publicKey) },
  order: { publicKey },
})

const MUTANTS: Readonly<Record<string, () => Wrong>> = {
  serialInFourBytes: () => ({ fields: { serial: 0x80000000 } }),
  serialInRangeOfAuthority: () => ({ fields: { serial: 7 } }),
  serialIsNotTheAuthoritys: () => ({ fields: { serial: (issuers.get('auth-1') as IssuingAuthority).serial } }),
  issuerIsTheAuthority: () => issuerWith({ name: authorityName('sign') }),
  fitsTheCard: () => issuerWith({ cps: `http://127.0.0.1/${'x'.repeat(4000)}` }),
  notBeforeIsNow: () => ({ fields: { notBefore: NOON - 61_000 } }),
  notAfterFollows: () => ({ fields: { notAfter: NOON - 86_400_000 } }),
  notAfterEndsADayInJapan: () => ({ fields: { notAfter: endOfDay('20310331') - 1000 } }),
  notAfterWithinAuthority: () => ({ fields: { notAfter: endOfDay('20450331') } }),
  notAfterWithinCard: () => ({ order: { cardExpiry: '20310330' } }),
  subjectCountry: () => ({
    fields: {
      subject: encodeName([
        ['C', 'US'],
        ['CN', 'ABCDEFGHIJ123413221003A'],
      ]),
    },
  }),
  subjectIsNotTheAuthority: () => ({ fields: { subject: authorityName('auth') } }),
  subjectCommonName: () => ({
    fields: {
      subject: encodeName([
        ['C', 'JP'],
        ['CN', 'abc'],
      ]),
    },
  }),
  subjectMunicipality: () => ({ fields: { subject: authSubject('ABCDEFGHIJ1234', '13222') } }),
  subjectHasNothingElse: () => ({
    fields: {
      subject: encodeName([
        ['C', 'JP'],
        ['OU', 'x'],
        ['CN', 'ABCDEFGHIJ123413221003A'],
      ]),
    },
  }),
  keyOfProfile: () => ({ seen: { profile: { ...CERTIFICATE_PROFILES.auth, keys: ['p384-sha384'] } } }),
  keyIsTheOrdered: () => ({ order: { publicKey: cardKey().publicKey } }),
  keyIsNotTheAuthoritys: () => keyed((issuers.get('auth-1') as IssuingAuthority).key.publicKey),
  rsaExponent: () => keyed(exponent3()),
  rsaModulusStrong: () => keyed(weakRsa()),
  extensionsInOrder: () => ({
    fields: {
      profile: { ...CERTIFICATE_PROFILES.auth, extensions: [...CERTIFICATE_PROFILES.auth.extensions].reverse() },
    },
  }),
  extensionsCritical: () => ({
    fields: { profile: withRule(CERTIFICATE_PROFILES.auth, (rule) => ({ ...rule, critical: false })) },
  }),
  notAnAuthority: () => ({
    fields: {
      profile: {
        ...CERTIFICATE_PROFILES.auth,
        extensions: [...CERTIFICATE_PROFILES.auth.extensions, { id: 'basicConstraints', critical: true }],
      },
    },
  }),
  keyUsage: () => ({
    fields: {
      profile: withRule(CERTIFICATE_PROFILES.auth, (rule) =>
        rule.id === 'keyUsage' ? { ...rule, usages: ['keyCertSign'] } : rule,
      ),
    },
  }),
  extKeyUsage: () => ({
    fields: {
      profile: withRule(CERTIFICATE_PROFILES.auth, (rule) =>
        rule.id === 'extKeyUsage' ? { ...rule, purposes: [OID.serverAuth] } : rule,
      ),
    },
  }),
  policyOfKind: () => ({ order: { kind: 'phoneAuth' } }),
  practiceStatement: () => issuerWith({ cps: 'http://127.0.0.1/other' }),
  issuerAltName: () => issuerWith({ altName: authorityName('auth') }),
  distributionPointName: () => ({ seen: { distributionPoint: POINT.sign } }),
  distributionPointAddress: () => ({
    fields: { distributionPoint: { name: POINT.auth, url: 'http://127.0.0.1/other.crl' } },
  }),
  ocspAddress: () => issuerWith({ ocsp: 'http://127.0.0.1/other' }),
  authorityKeyId: () => issuerWith({ keyId: new Uint8Array(20) }),
  authorityKeyName: () => issuerWith({ name: authorityName('sign') }),
  subjectKeyId: () => ({ fields: { keyId: new Uint8Array(20) } }),
  noPersonalDataElsewhere: () => ({
    fields: {
      profile: withRule(CERTIFICATE_PROFILES.auth, (rule) =>
        rule.id === 'issuerAltName' ? { id: 'personalData', critical: false } : rule,
      ),
    },
  }),
  personalDataExactly: () => ({
    kind: 'sign',
    fields: { profile: without('personalData', CERTIFICATE_PROFILES.sign) },
  }),
  personIsTheOrdered: () => personal({ name: '番号　次郎' }),
  personName: () => personal({ name: ' 花子', nameSubstitutes: '000' }),
  personNameSubstitutes: () => personal({ nameSubstitutes: '0' }),
  personSex: () => personal({ sex: '3' }),
  personBirth: () => personal({ birth: '319890331' }),
  personAddress: () => personal({ address: '東\u0000京', addressSubstitutes: '000' }),
  personAddressSubstitutes: () => personal({ addressSubstitutes: 'x' }),
}

describe('linting before signing (rule 2)', () => {
  test('about forty rules, and a right certificate of each kind breaks none', () => {
    assert.ok(Object.keys(LINT_RULES).length >= 40)
    assert.deepEqual(broken({}), [])
    assert.deepEqual(broken({ kind: 'sign' }), [])
  })

  for (const rule of Object.keys(LINT_RULES)) {
    if (rule === 'noUnknownCritical') continue
    test(`${rule} finds what it is for`, () => {
      const mutant = MUTANTS[rule]
      assert.ok(mutant !== undefined, 'every rule has a certificate that breaks it')
      assert.ok(broken(mutant()).includes(rule), broken(mutant()).join(' '))
    })
  }

  test('an unknown critical extension, and bytes that are no certificate', async () => {
    const issuer = issuers.get('auth-1') as IssuingAuthority
    const order = orderFor('auth', rsa)
    const { tbs } = await draft(parts, order, issuer, 9, NOON)
    const seen = { issuer, profile: KINDS.auth.profile, order, distributionPoint: POINT.auth, now: NOON }
    assert.deepEqual(lint(tbs, seen), [])
    // 2.5.29.37 extKeyUsage becomes 2.5.29.99, and critical.
    const at = Buffer.from(tbs).indexOf(Buffer.from('0603551d25', 'hex'))
    assert.ok(at > 0)
    assert.deepEqual(lint(concat(tbs, Uint8Array.of(0)), seen), ['strictDer'])
    const renamed = Uint8Array.from(tbs)
    const policies = Buffer.from(tbs).indexOf(Buffer.from('0603551d20', 'hex'))
    renamed[policies + 4] = 99
    assert.ok(lint(renamed, seen).includes('noUnknownCritical'))
  })
})

describe('real output against OpenSSL', () => {
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

  for (const [kind, key] of [
    ['auth', () => rsa],
    ['sign', () => cardKey('rsa')],
    ['auth', () => cardKey()],
    ['sign', () => cardKey()],
  ] as const)
    test(`openssl x509 and openssl verify accept a ${kind} certificate`, async () => {
      const subject = key()
      const issued = await issueFor(parts, orderFor(kind, subject, { holder: `holder ${Math.random()}` }))
      const [leaf, root] = [join(folder, 'leaf.der'), join(folder, 'root.der')]
      writeFileSync(leaf, issued.certificate)
      writeFileSync(root, issued.authority)
      for (const file of [leaf, root])
        openssl('x509', '-inform', 'DER', '-in', file, '-out', file.replace('der', 'pem'))
      const verified = openssl(
        'verify',
        '-x509_strict',
        '-attime',
        String(NOON / 1000 + 1),

        '-CAfile',
        join(folder, 'root.pem'),
        join(folder, 'leaf.pem'),
      )
      assert.match(verified, /leaf.pem: OK/)
      const text = openssl('x509', '-in', join(folder, 'leaf.pem'), '-noout', '-text')
      assert.match(text, kind === 'auth' ? /TLS Web Client Authentication/ : /Digital Signature, Non Repudiation/)
      assert.match(text, /Not After : Mar 31 14:59:59 2031 GMT/)
      assert.match(text, /CN = Kiyose-shi CRLDP/)
    })
})
