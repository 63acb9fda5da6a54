/** Property: one verb spends at most one try, whatever was typed, whatever state the card is in, whatever the reader does. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { CardImage } from '../../applets-sim/image.ts'
import type { Fault } from '../../drivers/virtual/reader/faults.ts'
import { CommonSession } from '../../src/applications/common/common-session.ts'
import { JpkiSession } from '../../src/applications/jpki/jpki-session.ts'
import { changeResidentRegisterPin } from '../../src/applications/juki/resident-register-pin.ts'
import type { LastTry } from '../../src/applications/pin/verify-pin.ts'
import { TextSession } from '../../src/applications/text/text-session.ts'
import { VisualSession } from '../../src/applications/visual/visual-session.ts'
import type { Transaction } from '../../src/card/transaction-hold.ts'
import { type LaidCard, layCard, READER, typed } from './laid-card.ts'

const CELLS = [
  'jpki/0018',
  'jpki/001B',
  'text/0011',
  'text/0014',
  'text/0015',
  'visual/0011',
  'visual/0012',
  'visual/0013',
  'common/001C',
  'juki/001C',
].map((cell) => cell.split('/') as [string, string])

const tries = (image: CardImage): number[] =>
  CELLS.map(([application, ief]) => Number.parseInt(image.cells[application]?.[`${ief}.tries`] ?? '0', 16))

type Verb = (tx: Transaction, pin: string, lastTry: LastTry) => Promise<unknown>
const VERBS: readonly Verb[] = [
  async (tx, pin, last) => (await JpkiSession.open(tx)).verifyPin('auth', typed(pin), last),
  async (tx, pin, last) => (await JpkiSession.open(tx)).verifyPin('sign', typed(pin), last),
  async (tx, pin, last) =>
    (await JpkiSession.open(tx)).changePin('auth', { current: typed(pin), next: typed('5678'), lastTry: last }),
  async (tx, pin, last) =>
    (await JpkiSession.open(tx)).changePin('sign', { current: typed(pin), next: typed('NEW123'), lastTry: last }),
  async (tx, pin, last) => (await TextSession.open(tx)).verify('pin', typed(pin), last),
  async (tx, pin, last) => (await TextSession.open(tx)).verify('codeB', typed(pin), last),
  async (tx, pin, last) =>
    (await TextSession.open(tx)).changePin({ current: typed(pin), next: typed('5678'), lastTry: last }),
  async (tx, pin, last) => (await VisualSession.open(tx)).verify('birth', typed(pin), last),
  async (tx, pin, last) => (await CommonSession.open(tx)).verifyPin(typed(pin), last),
  async (tx, pin, last) => changeResidentRegisterPin(tx, { current: typed(pin), next: typed('5678'), lastTry: last }),
]

const PINS = fc.constantFrom('1234', '9999', 'ABC123', 'WRONG1', '010331', '999999', '99999999999999', '12', 'あいうえ')
const step = fc.record({
  verb: fc.nat(VERBS.length - 1),
  pin: PINS,
  lastTry: fc.constantFrom<LastTry>('ask', 'agreed'),
})

async function spent(laid: LaidCard, { verb, pin, lastTry }: { verb: number; pin: string; lastTry: LastTry }) {
  const before = tries(laid.chip.toImage())
  await laid.card.transaction((tx) => (VERBS[verb] as Verb)(tx, pin, lastTry))
  const after = tries(laid.chip.toImage())
  return { before, after, spent: before.reduce((sum, left, i) => sum + Math.max(0, left - (after[i] ?? 0)), 0) }
}

describe('tries', () => {
  test('any sequence of verbs: each spends at most one, and never the last one unasked', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const laid = await layCard()
        for (const each of steps) {
          const { before, after, spent: count } = await spent(laid, each)
          assert.ok(count <= 1, `${count} tries spent by one verb`)
          if (each.lastTry === 'ask') assert.ok(!before.some((left, i) => left === 1 && after[i] === 0))
        }
      }),
      { numRuns: 40 },
    )
  })

  test('also when the reader or card fails at any command, before or after it was carried out', async () => {
    const kinds = ['pull', 'mute', 'empty', 'truncate', 'reset', 'powerCut'] as const
    const faults = fc.record({
      kind: fc.constantFrom(...kinds),
      command: fc.integer({ min: 1, max: 6 }),
      when: fc.constantFrom('before' as const, 'after' as const),
    })
    await fc.assert(
      fc.asyncProperty(step, faults, async (each, { kind, command, when }) => {
        const laid = await layCard()
        const fault = { kind, command, when, length: 1, write: 1, at: 'inside' } as Fault
        laid.bay.reader(READER).addFault(fault)
        assert.ok((await spent(laid, each)).spent <= 1)
      }),
      { numRuns: 80 },
    )
  })
})
