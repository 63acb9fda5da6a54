/** The six schemes (facts 3.5) and INTERNAL AUTHENTICATE (3.6), checked by raw RSA and by node's own verification. */
import assert from 'node:assert/strict'
import { constants, createHash, publicDecrypt, verify } from 'node:crypto'
import { describe, test } from 'node:test'
import { seededRandom } from '../../applets-sim/os/seeded-random.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { DIGEST_INFO, IMAGE, KEYS, signCommand, TestCard, testCard } from './card.ts'

const INPUT = hex(Buffer.from('窓口'))
const HASH = hex(createHash('sha256').update(fromHex(INPUT)).digest())
const key = KEYS.visual.publicKey

const visual = (): TestCard => {
  const card = testCard()
  card.select('visual')
  return card
}
const signature = (card: TestCard, p1: number, data: string): Uint8Array => {
  const response = card.send(signCommand(p1, 0, data))
  assert.match(response, /^.{512}9000$/)
  return fromHex(response.slice(0, -4))
}
/** What stands behind the padding of a PKCS #1 v1.5 signature. */
const payload = (bytes: Uint8Array): string => hex(publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, bytes))
const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }

describe('facts 3.5', () => {
  for (const [p1, data, expected] of [
    [0, INPUT, INPUT],
    [0, DIGEST_INFO + HASH, DIGEST_INFO + HASH],
    [1, INPUT, HASH],
    [2, HASH, DIGEST_INFO + HASH],
    [3, INPUT, DIGEST_INFO + HASH],
  ] as const)
    test(`scheme ${p1} over ${data.length / 2} bytes`, () => {
      assert.equal(payload(signature(visual(), p1, data)), expected)
    })

  for (const [p1, data] of [
    [4, HASH],
    [5, INPUT],
  ] as const)
    test(`scheme ${p1}: PSS, a new salt every time`, () => {
      const card = visual()
      const [first, second] = [signature(card, p1, data), signature(card, p1, data)]
      for (const bytes of [first, second]) assert.ok(verify('sha256', fromHex(INPUT), pss, bytes))
      assert.notDeepEqual(first, second)
    })

  test('the same seed and script give the same bytes', () => {
    const run = (seed: string): string => {
      const card = new TestCard(SimulatedCard.fromImage(IMAGE, { random: seededRandom(seed) }))
      card.card.powerOn('contact')
      card.select('visual')
      return card.send('0084000010') + card.send(signCommand(5, 0, INPUT)) + card.send(signCommand(4, 0, HASH))
    }
    assert.equal(run('a'), run('a'))
    assert.notEqual(run('a'), run('b'))
  })
})

test('facts 3.6: INTERNAL AUTHENTICATE is deterministic sha256WithRSAEncryption', () => {
  const card = testCard()
  card.select('common')
  const responses = [card.send('0088009904 01020304 00'), card.send('0088009904 01020304 00')]
  assert.equal(responses[0], responses[1])
  const bytes = fromHex((responses[0] ?? '').slice(0, -4))
  assert.ok(verify('sha256', fromHex('01020304'), KEYS.common.publicKey, bytes))
})
