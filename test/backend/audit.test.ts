import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { auditKey, checkpoint, exportLog, lastCheckpoint, linesAbout, tileHashes } from '../../src/backend/audit/log.ts'
import { record } from '../../src/backend/audit/record.ts'
import { leafHash, TILE, tileRoot, treeRoot } from '../../src/backend/audit/tree.ts'
import { verifyExport } from '../../src/backend/audit/verify.ts'
import { onBothEngines } from './engines.ts'
import { activate, cardKey, type Fixture, openFixture, orderFor } from './fixture.ts'

/** RFC 9162, 2.1.1, word for word: the second witness. */
function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const hash = (...parts: readonly Uint8Array[]) =>
    Uint8Array.from(createHash('sha256').update(Buffer.concat(parts)).digest())
  if (leaves.length === 0) return hash()
  if (leaves.length === 1) return hash(Uint8Array.of(0), leaves[0] as Uint8Array)
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return hash(Uint8Array.of(1), naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)))
}

describe('the tree', () => {
  test('tiles give the root of RFC 9162 at every size', () => {
    const leaves = Array.from({ length: 1200 }, (_, i) => Uint8Array.of(i & 255, i >> 8))
    for (const size of [0, 1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 700, 1200]) {
      const levels: Uint8Array[][] = [[], []]
      for (const leaf of leaves.slice(0, size)) {
        levels[0]?.push(leafHash(leaf))
        if (levels[0]?.length === TILE) {
          levels[1]?.push(tileRoot(levels[0]))
          levels[0] = []
        }
      }
      assert.deepEqual(treeRoot(levels), naiveRoot(leaves.slice(0, size)), `${size}`)
    }
  })
})

const all = async (lines: AsyncIterable<string>): Promise<string[]> => {
  const out: string[] = []
  for await (const line of lines) out.push(line)
  return out
}
const add = (parts: Fixture, count: number) =>
  parts.store.transaction(async (tx) => {
    for (let i = 0; i < count; i++)
      await record(
        tx,
        { terminal: 't', procedure: 'test', holder: `h${i % 3}`, object: `o${i}`, result: 'done' },
        parts.clock.at + i,
      )
  })

onBothEngines('audit log', (place) => {
  test('an export verifies; a changed, missing, swapped, added line or checkpoint does not', async () => {
    const parts = await openFixture(place())
    await add(parts, 600)
    const lines = await all(exportLog(parts))
    const { publicKey } = await auditKey(parts)
    const size = lines.length - 1
    assert.deepEqual(await verifyExport(lines, publicKey), { ok: true, size })
    assert.deepEqual(await verifyExport([], publicKey), { ok: false, problem: 'noCheckpoint' })
    assert.deepEqual(await verifyExport(lines.slice(0, -1), publicKey), { ok: false, problem: 'noCheckpoint' })
    assert.deepEqual(await verifyExport(lines, (await parts.keys.generate('p384-sha384')).publicKey), {
      ok: false,
      problem: 'badSignature',
    })
    assert.deepEqual(await verifyExport(['nonsense', ...lines], publicKey), { ok: false, problem: 'notALine', line: 1 })
    await fc.assert(
      fc.asyncProperty(fc.nat(size - 1), fc.constantFrom('change', 'drop', 'swap', 'repeat'), async (at, how) => {
        const line = lines[at] as string
        const changed = [...lines]
        if (how === 'change') changed[at] = line.replace('"done"', '"dune"')
        if (how === 'drop') changed.splice(at, 1)
        if (how === 'repeat') changed.splice(at, 0, line)
        if (how === 'swap') changed.splice(at, 2, lines[at + 1] as string, line)
        assert.equal((await verifyExport(changed, publicKey)).ok, false)
      }),
      { numRuns: 60 },
    )
    await parts.store.close()
  })

  test('append-only: later checkpoints keep every full tile; nothing new gives the same checkpoint', async () => {
    const parts = await openFixture(place())
    await add(parts, 300)
    const first = await checkpoint(parts)
    assert.equal(await checkpoint(parts), first)
    const tile = await tileHashes(parts.store, 0, 0)
    await add(parts, 300)
    assert.notEqual(await checkpoint(parts), first)
    assert.deepEqual(await tileHashes(parts.store, 0, 0), tile)
    assert.equal((await lastCheckpoint(parts.store))?.size, 602, 'two authorities and six hundred lines')
    await parts.store.close()
  })

  test('two backends that sequence at once give every line one position', async () => {
    const parts = await openFixture(place())
    await add(parts, 120)
    await Promise.all([checkpoint(parts), checkpoint(parts), checkpoint(parts)])
    const { publicKey } = await auditKey(parts)
    assert.equal((await verifyExport(exportLog(parts), publicKey)).ok, true)
    await parts.store.close()
  })

  test('whose data, when: a person gets every line about it and no other', async () => {
    const parts = await openFixture(place())
    const key = cardKey()
    await activate(parts, orderFor('auth', key), key)
    await add(parts, 5)
    await checkpoint(parts)
    const lines = await linesAbout(parts.store, 'hanako')
    assert.deepEqual(
      lines.map(({ procedure, terminal, operator }) => [procedure, terminal, operator]),
      ['certificate.reserved', 'certificate.signed', 'certificate.active'].map((procedure) => [
        procedure,
        'terminal-1',
        'operator-1',
      ]),
    )
    await parts.store.close()
  })
})
