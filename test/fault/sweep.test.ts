/** The sweep must be able to fail: each fault it exists for is planted once. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { fromHex } from '../../src/base/hex.ts'
import { IMAGE } from '../chip/card.ts'
import { counterNeverRises } from './file-system-invariants.ts'
import { type Invariant, type Step, sweep } from './sweep.ts'

const scenario = (run: Step['run'], invariants: readonly Invariant[] = []) => ({
  name: 'planted fault',
  make: () => SimulatedCard.fromImage(IMAGE),
  prepare: (card: SimulatedCard) => {
    card.powerOn('contact')
  },
  script: [{ name: 'step', run }],
  invariants,
})
const value = fromHex('35363738')

describe('the sweep finds', () => {
  test('a change in two writes without a transaction', () => {
    const step: Step['run'] = ({ memory }) => {
      memory.write('jpki/0018.pin', value)
      memory.write('jpki/0018.tries', Uint8Array.of(2))
    }
    assert.throws(() => sweep(scenario(step)), /neither old nor new: jpki\/0018\.pin/)
    assert.equal(sweep(scenario((card) => card.memory.transaction(() => step(card)))), 9)
  })

  test('a counter restored before the comparison', () => {
    const step: Step['run'] = ({ memory }) => {
      memory.write('text/0014.tries', Uint8Array.of(10))
      memory.write('text/0014.tries', Uint8Array.of(8))
    }
    const used = (card: SimulatedCard) => {
      card.powerOn('contact')
      card.memory.write('text/0014.tries', Uint8Array.of(9))
    }
    assert.throws(() => sweep({ ...scenario(step), prepare: used }), /neither old nor new/)
    const tolerated = { ...scenario(step), prepare: used, invariants: [counterNeverRises({ mayRestore: [] })] }
    const between = [{ name: 'step', run: step, between: () => [] as const }]
    assert.throws(() => sweep({ ...tolerated, script: between }), /neither old nor new/)
  })

  test('a rising counter, even where the state in between is declared', () => {
    const step: Step = {
      name: 'restore',
      run: ({ memory }) => memory.write('jpki/0018.tries', Uint8Array.of(15)),
    }
    const of = { ...scenario(step.run), script: [step], invariants: [counterNeverRises({ mayRestore: [] })] }
    assert.throws(() => sweep(of), /jpki\/0018\.tries rose/)
  })

  test('a card that differs from run to run', () => {
    let writes = 0
    const of = scenario(({ memory }) => memory.write('jpki/0008', value))
    const prepare = (card: SimulatedCard) => {
      card.powerOn('contact')
      for (let i = 0; i < writes; i++) card.memory.write('jpki/0008', value)
      writes++
    }
    assert.throws(() => sweep({ ...of, prepare }), /not the same every time/)
  })

  test('a cut that never happens', () => {
    let runs = 0
    const of = scenario(({ memory }) => {
      if (runs++ === 0) memory.write('jpki/0008', value)
    })
    assert.throws(() => sweep(of), /never happened/)
  })
})
