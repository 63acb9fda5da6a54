/** Any structure and any list: ours and OpenSSL's say the same, byte for byte and row by row. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { hex } from '../../src/base/hex.ts'
import { buildCrl } from '../../src/pki/crl-build.ts'
import {
  bitString,
  boolean,
  context,
  contextOf,
  der,
  integer,
  namedBits,
  nothing,
  octetString,
  oid,
  sequence,
  setOf,
  time,
  utf8String,
} from '../../src/pki/der.ts'
import { toPem } from '../../src/pki/pem.ts'
import { REASON } from '../../src/pki/reason.ts'
import { type Asn1, bits, derOf, octets, seq, set, utf8, within } from '../backend/openssl-der.ts'
import { testAuthority } from './authority.ts'
import { openssl, withFiles } from './openssl.ts'

/** One value, as each side is told to write it. */
interface Both {
  readonly ours: Uint8Array
  readonly theirs: Asn1
}

const dateText = (at: number) => new Date(at).toISOString().replace(/\D/g, '').slice(0, 14)
const YEAR_2050 = Date.UTC(2050, 0, 1)

const leaf: fc.Arbitrary<Both> = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 130n }).map((n) => ({ ours: integer(n), theirs: `INTEGER:0x${n.toString(16)}` })),
  fc.boolean().map((value) => ({ ours: boolean(value), theirs: `BOOLEAN:${value ? 'TRUE' : 'FALSE'}` })),
  fc.constant({ ours: nothing(), theirs: 'NULL' }),
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((value) => ({ ours: octetString(value), theirs: octets(value) })),
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((value) => ({ ours: bitString(value), theirs: bits(value) })),
  fc
    .uniqueArray(fc.nat(31), { minLength: 1 })
    .map((list) => ({ ours: namedBits(list), theirs: `FORMAT:BITLIST,BITSTRING:${list.join(',')}` })),
  fc.stringMatching(/^[A-Za-z0-9番号花子　ー-]{1,90}$/).map((text) => ({ ours: utf8String(text), theirs: utf8(text) })),
  fc.array(fc.nat(2 ** 31 - 1), { maxLength: 6 }).map((arcs) => {
    const dotted = ['1.2', ...arcs].join('.')
    return { ours: oid(dotted), theirs: `OID:${dotted}` }
  }),
  fc.integer({ min: Date.UTC(1950, 0, 1) / 1000, max: Date.UTC(2090, 0, 1) / 1000 }).map((seconds) => {
    const text = dateText(seconds * 1000)
    const theirs = seconds * 1000 < YEAR_2050 ? `UTCTIME:${text.slice(2)}Z` : `GENERALIZEDTIME:${text}Z`
    return { ours: time(seconds * 1000), theirs }
  }),
)

const { tree } = fc.letrec<{ tree: Both; node: Both }>((tie) => ({
  tree: fc.oneof({ maxDepth: 4, withCrossShrink: true }, leaf, tie('node')),
  node: fc.oneof(
    fc.array(tie('tree'), { minLength: 1, maxLength: 5 }).map((parts) => ({
      ours: sequence(...parts.map(({ ours }) => ours)),
      theirs: seq(...parts.map(({ theirs }) => theirs)),
    })),
    fc.array(leaf, { minLength: 1, maxLength: 4 }).map((parts) => ({
      ours: setOf(...parts.map(({ ours }) => ours)),
      theirs: set(...parts.map(({ theirs }) => theirs)),
    })),
    fc.tuple(fc.nat(30), tie('tree')).map(([n, { ours, theirs }]) => ({
      ours: der(contextOf(n), ours),
      theirs: within(`EXPLICIT:${n}`, theirs),
    })),
    fc.tuple(fc.nat(30), fc.uint8Array({ minLength: 1, maxLength: 40 })).map(([n, value]) => ({
      ours: der(context(n), value),
      theirs: within(`IMPLICIT:${n}`, octets(value)),
    })),
    tie('tree').map(({ ours, theirs }) => ({ ours: octetString(ours), theirs: within('OCTWRAP', theirs) })),
  ),
}))

describe('against OpenSSL', () => {
  test('any structure is written as OpenSSL writes it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(tree, { minLength: 1, maxLength: 12 }), async (parts) => {
        const ours = sequence(...parts.map(({ ours }) => ours))
        assert.equal(hex(ours), hex(await derOf(seq(...parts.map(({ theirs }) => theirs)))))
      }),
      { numRuns: 40 },
    )
  })

  test('any list of ended certificates reads there as it was meant', async () => {
    const ca = await testAuthority('sign', 'p384-sha384')
    const THIS = Date.UTC(2026, 10, 2)
    const row = fc.tuple(
      fc.integer({ min: 1, max: 2 ** 48 }),
      fc.integer({ min: Date.UTC(1970, 0, 1) / 1000, max: Date.UTC(2049, 0, 1) / 1000 }),
      fc.constantFrom(...Object.values(REASON)),
    )
    const NAMES: Readonly<Record<number, string>> = {
      1: 'Key Compromise',
      2: 'CA Compromise',
      3: 'Affiliation Changed',
      4: 'Superseded',
      5: 'Cessation Of Operation',
      6: 'Certificate Hold',
      8: 'Remove From CRL',
      9: 'Privilege Withdrawn',
      10: 'AA Compromise',
    }
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(row, { selector: ([serial]) => serial, maxLength: 30 }), async (rows) => {
        const revoked = {
          count: rows.length,
          serials: rows.map(([serial]) => serial),
          times: rows.map(([, seconds]) => seconds),
          reasons: rows.map(([, , reason]) => reason),
        }
        const fields = { issuer: ca.issuer, thisUpdate: THIS, nextUpdate: THIS + 86_400_000, number: rows.length + 1 }
        const crl = await buildCrl({ ...fields, revoked }, ca.sign)
        await withFiles(
          { 'crl.pem': toPem('X509 CRL', crl), 'ca.pem': toPem('CERTIFICATE', ca.certificate) },
          (path) => {
            const run = openssl(['crl', '-in', path('crl.pem'), '-noout', '-text', '-CAfile', path('ca.pem')])
            assert.match(run.err, /verify OK/)
            const read = run.out
              .split('Serial Number: ')
              .slice(1)
              .map((entry) => {
                const [, serial = '', date = ''] = /^([0-9A-F]+)\s+Revocation Date: (.*)\n/.exec(entry) ?? []
                const reason = /Reason Code: \n\s+(.*)\n/.exec(entry)?.[1]
                return [Number(`0x${serial}`), Date.parse(date) / 1000, reason]
              })
            const meant = rows.map(([serial, seconds, reason]) => [serial, seconds, NAMES[reason]])
            const bySerial = (a: unknown[], b: unknown[]) => Number(a[0]) - Number(b[0])
            assert.deepEqual(read.sort(bySerial), meant.sort(bySerial))
          },
        )
      }),
      { numRuns: 25 },
    )
  })
})
