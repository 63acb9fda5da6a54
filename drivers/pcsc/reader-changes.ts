/** From what the service reports to reader states, and from two reports to what happened between them. Pure. */
import type { ReaderEvent, ReaderState } from '../../src/card/ports.ts'
import type { RawReader } from './binding-calls.ts'

const UNKNOWN = 0x0004
const UNAVAILABLE = 0x0008
const EMPTY = 0x0010
const PRESENT = 0x0020
const EXCLUSIVE = 0x0080
const IN_USE = 0x0100
const MUTE = 0x0200

function cardOf(state: number): ReaderState['card'] {
  if ((state & (UNKNOWN | UNAVAILABLE)) !== 0) return 'unknown'
  if ((state & PRESENT) !== 0) return (state & MUTE) !== 0 ? 'mute' : 'present'
  return (state & EMPTY) !== 0 ? 'absent' : 'unknown'
}

export function readerState({ name, state, atr }: RawReader): ReaderState {
  const card = cardOf(state)
  return {
    name,
    card,
    ...(card === 'present' && atr.length > 0 && { atr }),
    inUse: (state & (IN_USE | EXCLUSIVE)) !== 0,
  }
}

const holdsCard = ({ state }: RawReader) => (state & PRESENT) !== 0
/** Moves with every insertion and removal. */
const eventCounter = ({ state }: RawReader) => state >>> 16

export function changesBetween(before: readonly RawReader[], after: readonly RawReader[]): ReaderEvent[] {
  const known = new Map(before.map((reader) => [reader.name, reader]))
  const left = new Set(after.map(({ name }) => name))
  return [
    ...before
      .filter(({ name }) => !left.has(name))
      .map(({ name }) => ({ kind: 'readerRemoved', reader: name }) as const),
    ...after.flatMap((reader) => {
      const old = known.get(reader.name)
      return old === undefined ? [{ kind: 'readerAdded', state: readerState(reader) } as const] : changesOf(old, reader)
    }),
  ]
}

function changesOf(before: RawReader, after: RawReader): ReaderEvent[] {
  const state = readerState(after)
  const removed = { kind: 'cardRemoved', reader: after.name } as const
  const inserted = { kind: 'cardInserted', state } as const
  if (holdsCard(before) && !holdsCard(after)) return [removed]
  if (!holdsCard(before) && holdsCard(after)) return [inserted]
  // Out and in again between two looks: another card, for all we know.
  if (holdsCard(after) && eventCounter(before) !== eventCounter(after)) return [removed, inserted]
  const old = readerState(before)
  return old.card === state.card && old.inUse === state.inUse ? [] : [{ kind: 'stateChanged', state }]
}
