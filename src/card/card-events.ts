/** What happens at the readers, as cards that come and go: an unknown, mute or busy card is an event like any other. */
import { Card } from './card.ts'
import { type CardFailure, failureOf } from './card-failure.ts'
import type { CardOptions } from './card-seat.ts'
import type { ReaderEvent, ReaderService, ReaderState, ReaderTrouble } from './ports.ts'

export type CardEvent =
  | { readonly kind: 'readerAdded' | 'readerRemoved'; readonly reader: string }
  | { readonly kind: 'cardInserted'; readonly card: Card }
  /** A card lies there and nothing can be said to it: mute, in use, … */
  | { readonly kind: 'cardUnusable'; readonly reader: string; readonly failure: CardFailure }
  | { readonly kind: 'cardRemoved'; readonly reader: string }
  /** About no reader in particular: the service is down, no rights, … */
  | { readonly kind: 'trouble'; readonly trouble: ReaderTrouble }

/** Opens each card that comes and ends its queue when it goes. Ends when the signal aborts; the cards are closed then. */
export async function* watchCards(
  service: ReaderService,
  signal: AbortSignal,
  options: CardOptions = {},
): AsyncGenerator<CardEvent> {
  const cards = new Map<string, Card>()
  try {
    for await (const event of service.watch(signal)) yield* translate(event, { service, signal, options, cards })
  } catch (error) {
    const failure = failureOf(error)
    if (failure.kind !== 'cancelled') yield { kind: 'trouble', trouble: failure as ReaderTrouble }
  } finally {
    await Promise.all([...cards.values()].map((card) => card.close()))
  }
}

interface Watch {
  readonly service: ReaderService
  readonly signal: AbortSignal
  readonly options: CardOptions
  /** By reader. */
  readonly cards: Map<string, Card>
}

async function* translate(event: ReaderEvent, watch: Watch): AsyncGenerator<CardEvent> {
  switch (event.kind) {
    case 'readerAdded':
      yield { kind: 'readerAdded', reader: event.state.name }
      yield* look(event.state, watch)
      return
    case 'cardInserted':
    case 'stateChanged':
      yield* look(event.state, watch)
      return
    case 'cardRemoved':
      yield* gone(event.reader, { kind: 'cardGone', reader: event.reader }, watch)
      return
    case 'readerRemoved':
      yield* gone(event.reader, { kind: 'readerGone', reader: event.reader }, watch)
      yield { kind: 'readerRemoved', reader: event.reader }
      return
    case 'trouble':
      yield event
  }
}

async function* look(state: ReaderState, watch: Watch): AsyncGenerator<CardEvent> {
  const { name: reader, card: there } = state
  if (there === 'absent' || watch.cards.has(reader)) return
  const opened: CardFailure | { kind: 'ok'; value: Card } =
    there === 'mute'
      ? { kind: 'mute', reader }
      : await Card.open(watch.service, reader, { ...watch.options, signal: watch.signal })
  if (opened.kind !== 'ok') {
    if (opened.kind !== 'cancelled') yield { kind: 'cardUnusable', reader, failure: opened }
    return
  }
  watch.cards.set(reader, opened.value)
  yield { kind: 'cardInserted', card: opened.value }
}

async function* gone(reader: string, trouble: ReaderTrouble, { cards }: Watch): AsyncGenerator<CardEvent> {
  const card = cards.get(reader)
  cards.delete(reader)
  card?.lost(trouble)
  await card?.close()
  yield { kind: 'cardRemoved', reader }
}
