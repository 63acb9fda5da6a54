/** PINs as people of these tests have and choose them, and what is read off a chip afterwards. */
import assert from 'node:assert/strict'
import type { SimulatedCard } from '../../../applets-sim/simulated-card.ts'
import type { PinName } from '../../../src/wire/view.ts'
import { LIMIT, type PinAt, type Tries, triesOf } from '../../procedures/card-state.ts'
import { takes } from '../../procedures/terminal.ts'

export interface PinOfTests {
  /** How a button or a heading begins. */
  readonly named: RegExp
  readonly old: string
  readonly next: string
  /** What it is set to where the one before is forgotten. */
  readonly anew: string
  readonly wrong: string
  /** Where it lies on the chip (facts 3.1). */
  readonly places: readonly PinAt[]
  /** The place that a wrong one is presented to first. */
  readonly asked: PinAt
}

export const PINS: Readonly<Record<PinName, PinOfTests>> = {
  sign: {
    named: /^署名用/,
    old: 'ABC123',
    next: 'NEU456X',
    anew: 'FRESH99',
    wrong: 'WRONG99',
    places: ['sign'],
    asked: 'sign',
  },
  auth: {
    named: /^利用者証明用/,
    old: '1234',
    next: '8024',
    anew: '4096',
    wrong: '9090',
    places: ['auth'],
    asked: 'auth',
  },
  text: {
    named: /^券面事項入力補助用/,
    old: '1234',
    next: '5713',
    anew: '7502',
    wrong: '9090',
    places: ['text'],
    asked: 'text',
  },
  juki: {
    named: /^住民基本台帳用/,
    old: '1234',
    next: '6390',
    anew: '3861',
    wrong: '9090',
    places: ['juki', 'common'],
    asked: 'common',
  },
}

/** The chip takes the value wherever this PIN lies, and not the other one. */
export function mustHave(card: SimulatedCard, pin: PinName, value: string, not?: string): void {
  for (const place of PINS[pin].places) {
    assert.ok(takes(card, place, value), `${place} takes the PIN`)
    assert.ok(not === undefined || !takes(card, place, not), `${place} does not take the other one`)
  }
}

/** As at first, but for what is said. */
export function mustHaveTries(card: SimulatedCard, left: Partial<Tries> = {}): void {
  assert.deepEqual(triesOf(card), { ...LIMIT, ...left })
}
