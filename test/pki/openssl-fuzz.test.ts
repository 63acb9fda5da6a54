/**
 * Broken encodings, OpenSSL as oracle: whatever our readers take of a request or an answer that was changed anywhere, OpenSSL takes too,
 * and reads the same in it. OpenSSL is the more lenient one, so the reverse is not asked. `MADOGUCHI_RUNS` for more of them.
 */
import assert from 'node:assert/strict'
import { createPublicKey, type KeyObject, verify as nodeVerify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { before, describe, test } from 'node:test'
import fc from 'fast-check'
import { hex } from '../../src/base/hex.ts'
import { assembleSigned } from '../../src/pki/certificate-build.ts'
import { buildTbsRequest, parseCsr } from '../../src/pki/csr.ts'
import { DerCursor, DerError } from '../../src/pki/der-reader.ts'
import { authSubject } from '../../src/pki/jpki-names.ts'
import { buildOcspRequest, certId, parseOcspRequest } from '../../src/pki/ocsp-request.ts'
import { buildOcsp, parseOcspResponse } from '../../src/pki/ocsp-response.ts'
import { OID } from '../../src/pki/oids.ts'
import { keyPair, signerOf, testAuthority } from './authority.ts'
import { openssl, withFiles } from './openssl.ts'

const RUNS = Number(process.env['MADOGUCHI_RUNS'] ?? 200)

/** One to three octets changed, put in or taken out; a bit flipped where it may still be read. */
const spoiled = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> => {
  const at = fc.nat(bytes.length - 1)
  const change = fc.oneof(
    fc.record({ do: fc.constant('flip' as const), at, value: fc.nat(7) }),
    fc.record({ do: fc.constantFrom('set' as const, 'insert' as const, 'remove' as const), at, value: fc.nat(255) }),
  )
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    const octets = [...bytes]
    for (const { do: what, at, value } of changes) {
      if (what === 'flip') octets[at] = (octets[at] ?? 0) ^ (1 << value)
      if (what === 'set') octets[at] = value
      if (what === 'insert') octets.splice(at, 0, value)
      if (what === 'remove') octets.splice(at, 1)
    }
    return Uint8Array.from(octets, (octet) => octet & 0xff)
  })
}

/** Counts what was taken: a test in which nothing is taken shows nothing. */
async function fuzzed(right: Uint8Array, look: (bytes: Uint8Array) => Promise<boolean>): Promise<void> {
  assert.ok(await look(right), 'unchanged it is taken')
  let taken = 0
  const one = fc.asyncProperty(spoiled(right), async (bytes) => {
    if (await look(bytes)) taken++
  })
  await fc.assert(one, { numRuns: RUNS })
  assert.ok(taken > RUNS / 50 && taken < RUNS, `${taken} of ${RUNS} were taken`)
}

function keyIn(spki: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}

/** Runs openssl on the bytes as a file. */
const asked = (bytes: Uint8Array, ...args: readonly string[]) =>
  withFiles({ 'in.der': bytes }, (path) => openssl(args.map((arg) => (arg === 'FILE' ? path('in.der') : arg))))

const lines = (text: string, label: string) => [...text.matchAll(new RegExp(`${label}: (.*)`, 'g'))].map(([, v]) => v)
/** `Nov  2 03:00:00 2026 GMT`; of years before 1000 OpenSSL prints what is left without noughts. */
function dateIn(text = ''): number {
  const [month, day, time, year] = text.split(/ +/)
  const at = new Date(`${month} ${day} 2000 ${time} GMT`)
  return at.setUTCFullYear(Number(year), at.getUTCMonth(), Number(day))
}
const number = (text: string | undefined) => BigInt(`0x${text ?? ''}`)

describe('changed anywhere, still read as OpenSSL reads it, or refused', () => {
  for (const algorithm of ['rsa2048-sha256', 'p384-sha384'] as const)
    test(`certification requests (${algorithm})`, async () => {
      const keys = keyPair(algorithm)
      const tbs = buildTbsRequest(authSubject('0123456789ABCD', '13221'), keys.spki)
      const right = assembleSigned(tbs, algorithm, await signerOf(keys, algorithm)(tbs))
      const sha = algorithm === 'p384-sha384' ? 'sha384' : 'sha256'
      const theirs = await withFiles(
        { 'key.pem': keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) },
        (path) => {
          const subject = ['-subj', '/C=JP/CN=x', '-addext', 'keyUsage=digitalSignature']
          openssl(['req', '-new', '-key', path('key.pem'), ...subject, `-${sha}`, '-outform', 'DER', '-out', path('r')])
          return Uint8Array.from(readFileSync(path('r')))
        },
      )
      for (const request of [right, theirs])
        await fuzzed(request, async (bytes) => {
          const ours = parseCsr(bytes)
          if (!ours.ok) return false
          const { publicKey, subject, tbs, signature } = ours.value
          const names = ['-subject', '-nameopt', 'dump_der,dump_all,oid,sep_comma_plus']
          const run = await asked(bytes, 'req', '-inform', 'DER', '-in', 'FILE', '-noout', '-text', ...names)
          // What stands inside an attribute is not read here: none of them matters (csr.ts).
          if (/Field=attributes/.test(run.err)) return false
          assert.match(run.out, /Certificate Request:/, `${hex(bytes)}: ${run.err}`)
          const key = keyIn(publicKey.spki)
          assert.ok(key !== undefined, `a key that OpenSSL does not take: ${hex(publicKey.spki)}`)
          const good = nodeVerify(sha, tbs, key, signature)
          const verified = await asked(bytes, 'req', '-inform', 'DER', '-in', 'FILE', '-noout', '-verify')
          assert.equal(/verify OK/.test(verified.err + verified.out), good, hex(bytes))
          assert.deepEqual(
            [...(/^subject=(.*)/m.exec(run.out)?.[1] ?? '').matchAll(/([\d.]+)=#/g)].map(([, type]) => type),
            subject.attributes.map(({ type }) => type),
            hex(bytes),
          )
          return true
        })
    })

  test('OCSP requests', async () => {
    const ids = [certId(OID.sha1, new Uint8Array(20).fill(1), new Uint8Array(20).fill(2), 0x1234)]
    const more = certId(OID.sha256, new Uint8Array(32).fill(3), new Uint8Array(32).fill(4), 0x7fffffff)
    for (const right of [buildOcspRequest(ids), buildOcspRequest([...ids, more], new Uint8Array(16).fill(9))])
      await fuzzed(right, async (bytes) => {
        const ours = parseOcspRequest(bytes)
        if (!ours.ok) return false
        const run = await asked(bytes, 'ocsp', '-reqin', 'FILE', '-req_text')
        assert.equal(run.status, 0, `${hex(bytes)}: ${run.err}`)
        const { certificates, nonce } = ours.value
        assert.deepEqual(
          lines(run.out, 'Serial Number').map(number),
          certificates.map(({ serial }) => serial),
        )
        for (const [label, of] of [
          ['Issuer Name Hash', 'issuerNameHash'],
          ['Issuer Key Hash', 'issuerKeyHash'],
        ] as const)
          assert.deepEqual(
            lines(run.out, label).map((text) => text ?? ''),
            certificates.map((id) => hex(id[of])),
          )
        if (nonce !== undefined) assert.ok(run.out.includes(hex(nonce)), hex(bytes))
        return true
      })
  })

  let answer: Uint8Array
  before(async () => {
    const ca = await testAuthority('auth', 'p384-sha384')
    const at = Date.UTC(2026, 10, 2, 3)
    const id = (serial: number) => certId(OID.sha1, new Uint8Array(20), new Uint8Array(20), serial)
    const times = { thisUpdate: at, nextUpdate: at + 900_000 }
    answer = await buildOcsp(
      {
        ...{ responderKeyId: ca.keys.keyId, producedAt: at, nonce: Uint8Array.of(1, 2, 3) },
        answers: [
          { certId: id(0x11), status: { kind: 'good' }, ...times },
          { certId: id(0x12), status: { kind: 'revoked', at, reason: 'keyCompromise' }, ...times },
          { certId: id(0x13), status: { kind: 'unknown' }, ...times },
        ],
      },
      { algorithm: 'p384-sha384', sign: ca.sign },
    )
  })

  test('OCSP answers', () =>
    fuzzed(answer, async (bytes) => {
      const ours = parseOcspResponse(bytes)
      if (!ours.ok) return false
      const run = await asked(bytes, 'ocsp', '-respin', 'FILE', '-text', '-noverify')
      if (ours.value.kind === 'error') {
        assert.match(run.out + run.err, /Responder Error/, hex(bytes))
        return true
      }
      assert.equal(run.status, 0, `${hex(bytes)}: ${run.err}`)
      const { answers, producedAt } = ours.value
      assert.deepEqual(
        lines(run.out, 'Serial Number').map(number),
        answers.map(({ certId }) => certId.serial),
      )
      assert.deepEqual(
        lines(run.out, 'Cert Status'),
        answers.map(({ status }) => status.kind),
      )
      assert.deepEqual(
        lines(run.out, 'This Update').map(dateIn),
        answers.map(({ thisUpdate }) => thisUpdate),
      )
      assert.equal(dateIn(lines(run.out, 'Produced At')[0]), producedAt)
      return true
    }))

  test('DER of any shape: the same values at the same places', () =>
    fuzzed(answer, async (bytes) => {
      const ours: string[] = []
      try {
        walk(new DerCursor(bytes), 0, ours)
      } catch (error) {
        assert.ok(error instanceof DerError)
        return false
      }
      const run = await asked(bytes, 'asn1parse', '-inform', 'DER', '-in', 'FILE')
      const theirs = [...run.out.matchAll(/^ *(\d+):d=(\d+) +hl=(\d+) l= *(\d+) (cons|prim)/gm)]
      assert.deepEqual(
        ours,
        theirs.map(([, at, depth, head, length, form]) => `${at} ${depth} ${head} ${length} ${form}`),
        `${hex(bytes)}: ${run.err}`,
      )
      return true
    }))
})

function walk(cursor: DerCursor, depth: number, found: string[]): void {
  while (!cursor.atEnd) {
    const start = cursor.at
    const { tag, content, offset } = cursor.any('value')
    const constructed = (tag & 0x20) !== 0
    found.push(`${start} ${depth} ${offset - start} ${content.length} ${constructed ? 'cons' : 'prim'}`)
    if (constructed) walk(new DerCursor(cursor.bytes, offset, offset + content.length), depth + 1, found)
  }
}
