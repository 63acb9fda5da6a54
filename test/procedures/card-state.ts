/** What sweeps look at after a cut: the tries of every PIN on the card, and what a journal still holds. */
import assert from 'node:assert/strict'
import type { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import type { JournalStore } from '../../src/host/journal-store.ts'

const REFERENCES = {
  sign: ['D392F000260100000001', 0x9b],
  auth: ['D392F000260100000001', 0x98],
  text: ['D3921000310001010408', 0x91],
  juki: ['D3921000310001010401', 0x9c],
  common: ['D3921000310001010100', 0x9c],
} as const
export type PinAt = keyof typeof REFERENCES
export const PLACES = Object.keys(REFERENCES) as PinAt[]
export const LIMIT: Readonly<Record<PinAt, number>> = { sign: 5, auth: 3, text: 3, juki: 3, common: 3 }

export type Tries = Readonly<Record<PinAt, number>>

/** Asked of a fork: VERIFY without data, which spends none. */
export function triesOf(card: SimulatedCard): Tries {
  const fork = card.fork()
  fork.powerOn('contact')
  const left = PLACES.map((place) => {
    const [aid, reference] = REFERENCES[place]
    fork.transmit(Buffer.from(`00A4040C0A${aid}`, 'hex'))
    const [sw1 = 0, sw2 = 0] = fork.transmit(Buffer.of(0x00, 0x20, 0x00, reference))
    return [place, sw1 === 0x63 ? sw2 & 0x0f : 0] as const
  })
  return Object.fromEntries(left) as Tries
}

/** As many as before, or all of them: where a reset or the right PIN came through. */
export function noTrySpent(card: SimulatedCard, before: Tries, where: string): void {
  assert.deepEqual(lessThan(before, triesOf(card)), [], `${where}: tries`)
}

/** The same, but for one try at most of one PIN: what a power cut inside its VERIFY may cost (decision 0196). */
export function noTrySpentButByPower(card: SimulatedCard, before: Tries, where: string): void {
  const now = triesOf(card)
  const spent = lessThan(before, now)
  assert.ok(spent.length <= 1, `${where}: tries of ${spent.join()}`)
  for (const place of spent)
    assert.ok([before[place] - 1, LIMIT[place] - 1].includes(now[place]), `${where}: ${place} has ${now[place]} tries`)
}

const lessThan = (before: Tries, now: Tries): readonly PinAt[] =>
  PLACES.filter((place) => now[place] !== before[place] && now[place] !== LIMIT[place])

/**
 * A chip counts a try before it compares, and gives it back after: power that fails between the two costs one try of the PIN that was being
 * presented, though it was the right one. No terminal can help that (decision 0196); it is one at most, and the right PIN brings it back.
 */
export function oneTryAtMost(card: SimulatedCard, presented: readonly PinAt[], where: string): void {
  const now = triesOf(card)
  const spent = PLACES.filter((place) => now[place] !== LIMIT[place])
  assert.ok(spent.length <= 1, `${where}: tries of ${spent.join()}`)
  for (const place of spent)
    assert.ok(
      presented.includes(place) && now[place] === LIMIT[place] - 1,
      `${where}: ${place} has ${now[place]} tries`,
    )
}

/** All of them. */
export function everyTryLeft(card: SimulatedCard, where: string): void {
  assert.deepEqual(triesOf(card), LIMIT, `${where}: tries`)
}

/** Entries without an end. An order that ended while nobody could be told any more is kept for two days, and harms nobody. */
export async function openEntries(journal: JournalStore): Promise<readonly string[]> {
  const kept = new Map<string, string>()
  for (const line of await journal.read()) {
    const { kind, id } = JSON.parse(line) as { kind: string; id: string }
    if (kind === 'gone') kept.delete(id)
    else kept.set(id, line)
  }
  return [...kept.values()].filter((line) => !line.includes('"finished"'))
}
