/**
 * The power-cut sweep: a script is run once undisturbed to count its writes, then once for every write and every place in
 * it – before, inside, right after – with the power cut there. After each cut the card is powered up again and must hold
 * the state before or after the interrupted step, or one the step names itself; then every invariant is checked.
 */
import assert from 'node:assert/strict'
import type { CardImage } from '../../applets-sim/image.ts'
import { formatCardImage } from '../../applets-sim/image-file.ts'
import type { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { PowerLost } from '../../src/card/ports.ts'

export type Cells = CardImage['cells']

/** One command, or anything else that writes. */
export interface Step {
  readonly name: string
  run(card: SimulatedCard): void
  /** States a cut may leave that are neither old nor new, from the state before: a try already spent, say. */
  readonly between?: (before: Cells) => readonly Cells[]
}

/** Holds after every cut. `cut` is for the message. Throws when it does not hold. */
export type Invariant = (
  card: SimulatedCard,
  cells: { readonly before: Cells; readonly now: Cells },
  cut: string,
) => void

export interface Scenario {
  readonly name: string
  /** A card that is the same every time, its random numbers and keys seeded. */
  readonly make: () => SimulatedCard
  /** Brings the card, without power so far, to where the script starts. Its writes are not cut. */
  readonly prepare: (card: SimulatedCard) => void
  readonly script: readonly Step[]
  readonly invariants: readonly Invariant[]
}

const PLACES = ['before', 'inside', 'after'] as const

/** Number of cuts made: three for every write of the script. Throws AssertionError at the first broken promise. */
export function sweep(scenario: Scenario): number {
  const { script } = scenario
  const whole = start(scenario)
  const first = whole.memory.writes
  const states = [cellsOf(whole)]
  for (const step of script) {
    step.run(whole)
    states.push(cellsOf(whole))
  }
  const writes = whole.memory.writes - first
  for (let write = 1; write <= writes; write++)
    for (const at of PLACES) {
      const cut = `${scenario.name}: power cut ${at} write ${write} of ${writes}`
      const card = start(scenario)
      assert.equal(card.memory.writes, first, `${cut}: the card is not the same every time`)
      card.memory.planCut({ write: first + write, at })
      const index = runUntilCut(card, script, cut)
      card.powerOn('contact')
      const step = script[index] as Step
      const before = states[index] as Cells
      const now = cellsOf(card)
      const possible = [before, states[index + 1] as Cells, ...(step.between?.(before) ?? [])]
      assert.ok(
        possible.some((cells) => same(cells, now)),
        `${cut}, in ${step.name}: neither old nor new: ${difference(before, now)}`,
      )
      for (const invariant of scenario.invariants) invariant(card, { before, now }, `${cut}, in ${step.name}`)
    }
  return writes * PLACES.length
}

function start({ make, prepare }: Scenario): SimulatedCard {
  const card = make()
  prepare(card)
  return card
}

/** Index of the step in which the power failed. */
function runUntilCut(card: SimulatedCard, script: readonly Step[], cut: string): number {
  for (const [index, step] of script.entries())
    try {
      step.run(card)
    } catch (error) {
      if (error instanceof PowerLost) return index
      throw error
    }
  return assert.fail(`${cut}: never happened`)
}

const cellsOf = (card: SimulatedCard): Cells => card.toImage().cells

const text = (cells: Cells): string => formatCardImage({ cells } as CardImage)
const same = (a: Cells, b: Cells): boolean => text(a) === text(b)

/** Names of the cells that differ; never their content. */
function difference(a: Cells, b: Cells): string {
  const names = new Set(
    [a, b].flatMap((cells) =>
      Object.entries(cells).flatMap(([app, group]) => Object.keys(group).map((cell) => `${app}/${cell}`)),
    ),
  )
  const at = (cells: Cells, name: string) =>
    cells[name.slice(0, name.indexOf('/'))]?.[name.slice(name.indexOf('/') + 1)]
  return [...names].filter((name) => at(a, name) !== at(b, name)).join(', ') || 'nothing'
}

/** The cells with one changed. */
export const withCell = (cells: Cells, application: string, cell: string, content: string): Cells => ({
  ...cells,
  [application]: { ...cells[application], [cell]: content },
})
