/**
 * Every certificate the backend makes, byte for byte: what facts 5.1–5.5 and decision 0021 say is written down here once more as a
 * description, OpenSSL encodes it, and the two must be the same. Only serial, times, subject and keys come from the certificate itself.
 */
import assert from 'node:assert/strict'
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { loadIssuers } from '../../src/backend/ca/issuers.ts'
import type { CertificateKind } from '../../src/backend/ca/kinds.ts'
import { activate, cardKey, type Fixture, NOON, openFixture, orderFor } from './fixture.ts'
import { type Asn1, bits, derOf, octets, seq, set, utf8, within } from './openssl-der.ts'

type Kind = 'sign' | 'auth'

const rdn = (type: string, value: Asn1): Asn1 => set(seq(`OID:${type}`, value))
const C = rdn('2.5.4.6', 'PRINTABLESTRING:JP')
const O = (text: string) => rdn('2.5.4.10', utf8(text))
const OU = (text: string) => rdn('2.5.4.11', utf8(text))
const CN = (text: string) => rdn('2.5.4.3', utf8(text))
const L = (text: string) => rdn('2.5.4.7', utf8(text))

/** Facts 5.1, under the organisation of decision 0021. */
const ORGANISATION = [C, O('MADOGUCHI-TEST')]
const UNIT = { sign: OU('MADOGUCHI-TEST for digital signature'), auth: OU('MADOGUCHI-TEST for user authentication') }
const nameOf = (kind: Kind) => seq(...ORGANISATION, UNIT[kind], OU('Madoguchi Simulator (no real authority)'))
const JAPANESE = { sign: '窓口模擬認証サービス署名用', auth: '窓口模擬認証サービス利用者証明用' }
const altNameOf = (kind: Kind) =>
  seq(C, O('窓口模擬認証サービス'), OU(JAPANESE[kind]), OU('窓口シミュレーター（実在しない機関）'))

const directory = (name: Asn1) => within('EXPLICIT:4', name)
const uri = (text: string): Asn1 => `IMPLICIT:6,IA5STRING:${text}`
const extension = (type: string, critical: boolean, value: Asn1) =>
  seq(`OID:${type}`, ...(critical ? ['BOOLEAN:TRUE'] : []), within('OCTWRAP', value))

const keyUsage = (numbers: string) => extension('2.5.29.15', true, `FORMAT:BITLIST,BITSTRING:${numbers}`)
const extKeyUsage = (purpose: string) => extension('2.5.29.37', false, seq(`OID:${purpose}`))
/** Facts 5.5 in the arc for tests. */
const policy = (last: string) =>
  extension(
    '2.5.29.32',
    true,
    seq(
      seq(
        `OID:1.2.392.200149.8.5.1.0.${last}`,
        seq(seq('OID:1.3.6.1.5.5.7.2.1', 'IA5STRING:http://127.0.0.1:8460/cps')),
      ),
    ),
  )
const issuerAltName = (kind: Kind) => extension('2.5.29.18', false, seq(directory(altNameOf(kind))))
const distribution = (...names: readonly Asn1[]) =>
  extension('2.5.29.31', false, seq(seq(within('EXPLICIT:0', within('IMPLICIT:0', seq(...names))))))
const shard = (kind: Kind, issuer: string) =>
  distribution(
    directory(seq(...ORGANISATION, UNIT[kind], OU('CRL Distribution Points'), OU('Tokyo-to'), CN('Kiyose-shi CRLDP'))),
    uri(`http://127.0.0.1:8460/crl/${issuer}/132217.crl`),
  )
const access = (issuer: string) =>
  extension('1.3.6.1.5.5.7.1.1', false, seq(seq('OID:1.3.6.1.5.5.7.48.1', uri(`http://127.0.0.1:8460/ocsp/${issuer}`))))
const authorityKeyId = (keyId: Uint8Array, kind: Kind, serial: number) =>
  extension(
    '2.5.29.35',
    false,
    seq(
      within('IMPLICIT:0', octets(keyId)),
      within('IMPLICIT:1', seq(directory(nameOf(kind)))),
      `IMPLICIT:2,INTEGER:${serial}`,
    ),
  )
const subjectKeyId = (keyId: Uint8Array) => extension('2.5.29.14', false, octets(keyId))

/** Facts 5.4: 番号 花子, in the order 1, 4, 3, 5, 2, 6. */
const attribute = (number: number, text: string): Asn1 =>
  within('IMPLICIT:0', seq(`OID:1.2.392.200149.8.5.5.${number}`, within('EXPLICIT:0', utf8(text))))
const PERSON = extension(
  '2.5.29.17',
  false,
  seq(
    attribute(1, '番号　花子'),
    attribute(4, '419890331'),
    attribute(3, '2'),
    attribute(5, '東京都清瀬市中里５丁目８４２番地'),
    attribute(2, '00000'),
    attribute(6, '0000000000000000'),
  ),
)

/** SHA-1 of the bits of the public key (RFC 5280, 4.2.1.2, method 1). */
function keyIdOf(cert: X509Certificate): Uint8Array {
  const jwk = cert.publicKey.export({ format: 'jwk' })
  const point =
    jwk.kty === 'EC'
      ? Buffer.concat([Buffer.of(4), Buffer.from(jwk.x ?? '', 'base64url'), Buffer.from(jwk.y ?? '', 'base64url')])
      : cert.publicKey.export({ format: 'der', type: 'pkcs1' })
  return createHash('sha1').update(point).digest()
}

function publicKeyOf(cert: X509Certificate): Asn1 {
  const jwk = cert.publicKey.export({ format: 'jwk' })
  const number = (text: string | undefined) => `INTEGER:0x${Buffer.from(text ?? '', 'base64url').toString('hex')}`
  if (jwk.kty === 'RSA')
    return seq(seq('OID:1.2.840.113549.1.1.1', 'NULL'), within('BITWRAP', seq(number(jwk.n), 'INTEGER:65537')))
  const point = [Buffer.of(4), Buffer.from(jwk.x ?? '', 'base64url'), Buffer.from(jwk.y ?? '', 'base64url')]
  return seq(seq('OID:1.2.840.10045.2.1', 'OID:1.3.132.0.34'), bits(Buffer.concat(point)))
}

/** Facts 5.2 today; ECDSA with SHA-384 for the next card (F48). */
const SIGNATURE = {
  1: seq('OID:1.2.840.113549.1.1.11', 'NULL'),
  2: seq('OID:1.2.840.10045.4.3.3'),
} as const

const utcTime = (date: Date) => `UTCTIME:${date.toISOString().replace(/\D/g, '').slice(2, 14)}Z`

/** The last BIT STRING of a certificate: 256 octets for RSA-2048, about a hundred for ECDSA. */
const signatureOf = (der: Uint8Array, generation: 1 | 2): Uint8Array => {
  if (generation === 1) return der.subarray(der.length - 256)
  // SEQUENCE of two INTEGERs of at most 49 octets each: found from the end by its length.
  for (let length = 70; length <= 104; length++) {
    const at = der.length - length
    if (der[at] === 0x30 && der[at + 1] === length - 2 && der[at - 1] === 0 && der[at - 2] === length + 1)
      return der.subarray(at)
  }
  throw new Error('no signature at the end')
}

interface Expected {
  readonly issuer: Kind
  readonly generation: 1 | 2
  readonly subject: Asn1
  readonly extensions: readonly Asn1[]
}

async function mustBe(der: Uint8Array, { issuer, generation, subject, extensions }: Expected): Promise<void> {
  const cert = new X509Certificate(der)
  const tbs = seq(
    within('EXPLICIT:0', 'INTEGER:2'),
    `INTEGER:0x${cert.serialNumber}`,
    SIGNATURE[generation],
    nameOf(issuer),
    seq(utcTime(cert.validFromDate), utcTime(cert.validToDate)),
    subject,
    publicKeyOf(cert),
    within('EXPLICIT:3', seq(...extensions)),
  )
  const expected = await derOf(seq(tbs, SIGNATURE[generation], bits(signatureOf(der, generation))))
  assert.equal(Buffer.from(der).toString('hex'), Buffer.from(expected).toString('hex'))
}

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-profile-'))
let parts: Fixture
before(async () => {
  parts = await openFixture({ folder }, { hierarchy: 'both' })
})
after(async () => {
  await parts.store.close()
  rmSync(folder, { recursive: true, force: true })
})

for (const generation of [1, 2] as const)
  describe(`generation ${generation}, byte for byte`, () => {
    const authorityOf = async (kind: Kind) => {
      const found = (await loadIssuers(parts.store)).find(({ id }) => id === `${kind}-${generation}`)
      assert.ok(found !== undefined)
      return found
    }

    for (const kind of ['sign', 'auth'] as const) {
      test(`the ${kind} authority's own certificate (facts 5.1)`, async () => {
        const { certificate } = await authorityOf(kind)
        await mustBe(certificate, {
          ...{ issuer: kind, generation, subject: nameOf(kind) },
          extensions: [
            keyUsage('5,6'),
            extension('2.5.29.17', false, seq(directory(altNameOf(kind)))),
            extension('2.5.29.19', true, seq('BOOLEAN:TRUE')),
            distribution(directory(nameOf(kind))),
            subjectKeyId(keyIdOf(new X509Certificate(certificate))),
          ],
        })
      })

      test(`the OCSP responder of the ${kind} authority (RFC 6960, 4.2.2.2)`, async () => {
        const { id, certificate, responderCertificate, serial } = await authorityOf(kind)
        await mustBe(responderCertificate, {
          ...{ issuer: kind, generation },
          subject: seq(...ORGANISATION, CN(`OCSP responder of ${id}`)),
          extensions: [
            keyUsage('0'),
            extKeyUsage('1.3.6.1.5.5.7.3.9'),
            extension('1.3.6.1.5.5.7.48.1.5', false, 'NULL'),
            authorityKeyId(keyIdOf(new X509Certificate(certificate)), kind, Number(serial)),
            subjectKeyId(keyIdOf(new X509Certificate(responderCertificate))),
          ],
        })
      })
    }

    const POLICY: Readonly<Record<CertificateKind, string>> = {
      sign: '20',
      auth: '30',
      phoneSign: '40',
      phoneAuth: '50',
    }
    for (const kind of ['auth', 'sign', 'phoneAuth', 'phoneSign'] as const)
      test(`${kind} (facts 5.2–5.5)`, async () => {
        const key = cardKey(generation === 1 ? 'rsa' : 'p384')
        const holder = `holder of generation ${generation}`
        const { certificate } = await activate(parts, orderFor(kind, key, { holder }), key)
        const authority = await authorityOf(kind === 'auth' || kind === 'phoneAuth' ? 'auth' : 'sign')
        const cert = new X509Certificate(certificate)
        const common = /CN=(\w+)$/.exec(cert.subject)?.[1] ?? ''
        const own = authorityKeyId(
          keyIdOf(new X509Certificate(authority.certificate)),
          authority.authority,
          Number(authority.serial),
        )
        const tail = [own, subjectKeyId(keyIdOf(cert))]
        if (authority.authority === 'auth') {
          assert.match(common, /^[0-9A-Z]{14}13221003A$/)
          await mustBe(certificate, {
            ...{ issuer: 'auth', generation, subject: seq(C, CN(common)) },
            extensions: [
              keyUsage('0'),
              extKeyUsage('1.3.6.1.5.5.7.3.2'),
              policy(POLICY[kind]),
              issuerAltName('auth'),
              shard('auth', authority.id),
              access(authority.id),
              ...tail,
            ],
          })
        } else {
          assert.match(common, /^20261102030000\d{14}$/, 'it begins with the time of issue')
          await mustBe(certificate, {
            ...{ issuer: 'sign', generation, subject: seq(C, L('Tokyo-to'), L('Kiyose-shi'), CN(common)) },
            extensions: [
              keyUsage('0,1'),
              PERSON,
              policy(POLICY[kind]),
              issuerAltName('sign'),
              shard('sign', authority.id),
              ...tail,
            ],
          })
        }
        assert.ok(cert.verify(new X509Certificate(authority.certificate).publicKey))
        assert.equal(cert.validToDate.toISOString().slice(10), 'T14:59:59.000Z', 'the last second of a day in Japan')
        assert.match(cert.validToDate.toISOString(), /-03-31T/, 'a birthday')
        assert.equal(cert.validFromDate.getTime(), NOON, 'the time of issue')
        assert.equal(cert.serialNumber.length, 8, 'four octets')
      })
  })
