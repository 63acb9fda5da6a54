/** A certificate compared with its frame is judged as one that is read as a whole (rule 2, decision 0140). */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import type { IssuingAuthority } from '../../src/backend/ca/issuers.ts'
import { KINDS } from '../../src/backend/ca/kinds.ts'
import { type LintContext, lint, lintWhole } from '../../src/backend/ca/lint.ts'
import { draft } from '../../src/backend/ca/reserve.ts'
import { readOwn, sameFrame, spansOf } from '../../src/pki/certificate-frame.ts'
import { distributionPointOf } from '../../src/pki/jpki-names.ts'
import { cardKey, type Fixture, NOON, openFixture, orderFor } from './fixture.ts'

let parts: Fixture
let folder: string
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'madoguchi-frame-'))
  parts = await openFixture({ folder }, { hierarchy: 'both' })
})
after(async () => {
  await parts.store.close()
  rmSync(folder, { recursive: true, force: true })
})

let index = 0
/** A certificate of this kind as it would be signed, and what it is linted with. */
async function made(kind: 'auth' | 'sign', algorithm: 'rsa' | 'p384'): Promise<{ tbs: Uint8Array; seen: LintContext }> {
  const issuer = parts.issuers.find(({ id }) => id === `${kind}-${algorithm === 'rsa' ? 1 : 2}`) as IssuingAuthority
  const order = orderFor(kind, cardKey(algorithm))
  const { tbs } = await draft(parts, order, issuer, ++index, NOON)
  const distributionPoint = distributionPointOf(kind, 'Tokyo-to', 'Kiyose-shi')
  return { tbs, seen: { issuer, profile: KINDS[kind].profile, order, distributionPoint, now: NOON } }
}

describe('frames of certificates (rule 2)', () => {
  for (const [kind, algorithm] of [
    ['auth', 'rsa'],
    ['sign', 'rsa'],
    ['auth', 'p384'],
    ['sign', 'p384'],
  ] as const) {
    test(`every octet of a ${kind} certificate for ${algorithm}, changed: the same rules are found broken`, async () => {
      await made(kind, algorithm)
      const { tbs, seen } = await made(kind, algorithm)
      assert.deepEqual(lint(tbs, seen), [])
      let refused = 0
      for (let at = 0; at < tbs.length; at++)
        for (const change of [0x01, 0x20, 0x80]) {
          const changed = Uint8Array.from(tbs)
          changed[at] = (changed[at] as number) ^ change
          const broken = lint(changed, seen)
          assert.deepEqual(broken, lintWhole(changed, seen), `octet ${at} ^ ${change}`)
          if (broken.length > 0) refused++
        }
      // What may differ without a rule saying so are octets of chance in the subject's name.
      assert.ok(
        refused > 3 * tbs.length - 100,
        `${3 * tbs.length - refused} of ${3 * tbs.length} changes were let through`,
      )
    })

    test(`a ${kind} certificate for ${algorithm} with anything else in its spans`, async () => {
      await made(kind, algorithm)
      const { tbs, seen } = await made(kind, algorithm)
      const spans = spansOf(tbs)
      assert.ok(spans.ok)
      const places = Object.values(spans.value).flatMap(({ start, end }) =>
        Array.from({ length: end - start }, (_, i) => start + i),
      )
      fc.assert(
        fc.property(fc.array(fc.tuple(fc.nat(places.length - 1), fc.nat(255)), { minLength: 1 }), (changes) => {
          const changed = Uint8Array.from(tbs)
          for (const [place, octet] of changes) changed[places[place] as number] = octet
          assert.deepEqual(lint(changed, seen), lintWhole(changed, seen))
        }),
        { numRuns: 300 },
      )
    })
  }

  test('another town, kind, time or key than the one ordered is found on a frame that is known', async () => {
    const { tbs, seen } = await made('auth', 'rsa')
    const { order } = seen
    const others: Partial<LintContext>[] = [
      { order: { ...order, municipality: { ...order.municipality, code: '132225' } } },
      { order: { ...order, kind: 'phoneAuth' } },
      { order: { ...order, publicKey: cardKey().publicKey } },
      { order: { ...order, cardExpiry: '20280331' } },
      { now: NOON + 61_000 },
      { distributionPoint: distributionPointOf('auth', 'Tokyo-to', 'Higashikurume-shi') },
      { profile: { ...KINDS.auth.profile, extensions: KINDS.auth.profile.extensions.slice(1) } },
    ]
    for (const other of others) {
      const broken = lint(tbs, { ...seen, ...other })
      assert.ok(broken.length > 0, Object.keys(other).join())
      assert.deepEqual(broken, lintWhole(tbs, { ...seen, ...other }))
    }
  })

  test('two certificates of one frame differ in their spans alone', async () => {
    const [one, two] = [await made('auth', 'rsa'), await made('auth', 'rsa')]
    const spans = spansOf(one.tbs)
    assert.ok(spans.ok && sameFrame(one.tbs, two.tbs, spans.value))
    const own = readOwn(two.tbs, spans.value)
    assert.ok(own.ok)
    assert.deepEqual(own.value.publicKey.spki, two.seen.order.publicKey)
    const { start } = spans.value.serial
    const moved = Uint8Array.from(one.tbs)
    moved[start - 1] = (moved[start - 1] as number) ^ 1
    assert.ok(!sameFrame(one.tbs, moved, spans.value))
    assert.ok(!sameFrame(one.tbs, one.tbs.subarray(1), spans.value))
  })
})
