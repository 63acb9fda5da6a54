/** The journal of writes to cards (P10, rule 9), on both engines. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { noteWrite, openWrites } from '../../src/backend/cards/card-writes.ts'
import type { StorePlace } from '../../src/backend/store/open.ts'
import type { WriteStage } from '../../src/wire/backend-card-work.ts'
import { onBothEngines } from './engines.ts'
import { cardsOf } from './registered-cards.ts'

const BY = { terminal: 'counter-1', operator: 'op-1' }
const SETTLED: ReadonlySet<WriteStage> = new Set(['done', 'notDone'])
let n = 0

async function desk(place: StorePlace) {
  const parts = await cardsOf(place, 'card-1', 'card-2')
  const note = (
    write: string,
    stage: WriteStage,
    changes: { card?: string; what?: string; procedure?: string; terminal?: string; key?: string } = {},
  ) => {
    const {
      card = 'card-1',
      procedure = 'pinChange',
      what = 'pin-auth',
      terminal = BY.terminal,
      key = `write ${++n}`,
    } = changes
    const named = { actor: terminal, key, body: `${card} ${write} ${stage} ${procedure} ${what}` }
    return noteWrite(parts, card, { write, procedure, what, stage }, { ...BY, terminal }, named)
  }
  const open = async (card = 'card-1') =>
    (await openWrites(parts.store, card)).map(({ write, stage }) => `${write} ${stage}`)
  return { parts, note, open }
}

onBothEngines('card writes', (place) => {
  test('announced, done: nothing is open; unknown: open until somebody who sees the card settles it', async () => {
    const { parts, note, open } = await desk(place())
    assert.deepEqual(await note('w-1', 'intended'), { write: 'w-1', stage: 'intended' })
    assert.deepEqual(await open(), ['w-1 intended'])
    await note('w-1', 'done')
    assert.deepEqual(await open(), [])
    await note('w-2', 'intended')
    parts.clock.at += 1
    await note('w-3', 'intended')
    await note('w-2', 'unknown')
    await assert.rejects(note('w-2', 'intended'), { code: 'writeOrder' })
    assert.deepEqual(await open(), ['w-2 unknown', 'w-3 intended'], 'oldest first')
    assert.deepEqual(await open('card-2'), [], 'each card has its own')
    await note('w-2', 'notDone', { terminal: 'kiosk-7' })
    assert.deepEqual(await open(), ['w-3 intended'])
    const [line] = await openWrites(parts.store, 'card-1')
    assert.deepEqual(line, {
      ...{ write: 'w-3', terminal: 'counter-1', procedure: 'pinChange', what: 'pin-auth', stage: 'intended' },
      at: parts.clock.at,
    })
    const audited = await parts.store.all<{ procedure_name: string; holder: string; operator: string; result: string }>(
      "SELECT procedure_name, holder, operator, result FROM audit WHERE object = 'card card-1' ORDER BY id",
    )
    assert.deepEqual(
      { ...audited.at(-1) },
      {
        ...{ procedure_name: 'card.write.notDone', holder: 'hanako', operator: 'op-1', result: 'pinChange pin-auth' },
      },
    )
    await parts.store.close()
  })

  test('refused: never announced, settled already, another write under the same id, a card nobody knows', async () => {
    const { parts, note, open } = await desk(place())
    await assert.rejects(note('w-1', 'done'), { code: 'unknownWrite' })
    await note('w-1', 'intended')
    await assert.rejects(note('w-1', 'done', { what: 'pin-sign' }), { code: 'writeOrder' })
    await assert.rejects(note('w-1', 'done', { procedure: 'delivery' }), { code: 'writeOrder' })
    await note('w-1', 'done')
    for (const stage of ['intended', 'notDone', 'unknown'] as const)
      await assert.rejects(note('w-1', stage), { code: 'writeOrder' }, stage)
    await note('w-1', 'done')
    assert.deepEqual(await open(), [])
    await assert.rejects(note('w-1', 'intended', { card: 'none' }), { code: 'unknownCard' })
    await note('w-1', 'intended', { card: 'card-2' })
    await parts.store.close()
  })

  test('rule 7: the same request again gets the same answer, whatever happened since', async () => {
    const { parts, note, open } = await desk(place())
    await note('w-1', 'intended', { key: 'a' })
    await note('w-1', 'done', { key: 'b' })
    assert.deepEqual(await note('w-1', 'intended', { key: 'a' }), { write: 'w-1', stage: 'intended' })
    assert.deepEqual(await open(), [])
    await assert.rejects(note('w-1', 'unknown', { key: 'a' }), { name: 'KeyReused' })
    await parts.store.close()
  })

  test('two terminals settle one write at once: one outcome, the other is told', async () => {
    const { parts, note } = await desk(place())
    for (let round = 0; round < 5; round++) {
      const write = `w-${round}`
      await Promise.all(Array.from({ length: 4 }, (_, i) => note(write, 'intended', { terminal: `t-${i}` })))
      await note(write, 'unknown')
      const stages = ['done', 'notDone', 'done', 'notDone'] as const
      const outcomes = await Promise.allSettled(stages.map((stage, i) => note(write, stage, { terminal: `t-${i}` })))
      const won = new Set(outcomes.flatMap(({ status }, i) => (status === 'fulfilled' ? [stages[i]] : [])))
      assert.equal(won.size, 1)
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') assert.equal((outcome.reason as { code?: string }).code, 'writeOrder')
    }
    await parts.store.close()
  })

  test('any order of notes: what is open is what was announced and not settled', async () => {
    const { parts, note, open } = await desk(place())
    const stage = fc.constantFrom<WriteStage>('intended', 'done', 'notDone', 'unknown')
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom('a', 'b'), stage), { maxLength: 12 }), async (notes) => {
        const prefix = `r${++run}-`
        const model = new Map<string, WriteStage>()
        for (const [write, next] of notes) {
          const now = model.get(write)
          const allowed =
            now === next || (now === undefined ? next === 'intended' : !SETTLED.has(now) && next !== 'intended')
          const outcome = await note(prefix + write, next).then(
            () => true,
            () => false,
          )
          assert.equal(outcome, allowed)
          if (outcome) model.set(write, next)
        }
        const expected = [...model]
          .filter(([, s]) => s === 'intended' || s === 'unknown')
          .map(([w, s]) => `${prefix}${w} ${s}`)
        assert.deepEqual((await open()).filter((line) => line.startsWith(prefix)).sort(), expected.sort())
      }),
      { numRuns: 25 },
    )
    await parts.store.close()
  })
})
