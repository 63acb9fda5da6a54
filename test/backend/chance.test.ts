import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemChance } from '../../src/backend/keys/chance.ts'

test('chance: as many octets as asked for, none given twice, none kept by who gave them', () => {
  const chance = systemChance()
  const seen = new Set<string>()
  for (let i = 0; i < 2_000; i++) {
    const given = chance.bytes(16 + (i % 17))
    assert.equal(given.length, 16 + (i % 17))
    seen.add(Buffer.from(given.subarray(0, 16)).toString('hex'))
    given.fill(0)
  }
  assert.equal(seen.size, 2_000)
  assert.equal(chance.bytes(0).length, 0)
  const large = chance.bytes(10_000)
  assert.ok(large.length === 10_000 && new Set(large).size === 256)
})
