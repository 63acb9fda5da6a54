/** The reader in front of the person: which card lies there, and what is wrong with it when it cannot be used. */
import { type CardIdentity, identify } from '../applications/identify/identify.ts'
import type { FailureCode } from '../base/failures/catalogue.ts'
import type { Card } from '../card/card.ts'
import { watchCards } from '../card/card-events.ts'
import { failureCode } from '../card/card-failure.ts'
import type { ReaderService } from '../card/ports.ts'
import type { Metrics } from './metrics.ts'

export type OnReader =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'card'; readonly card: Card }
  | { readonly kind: 'unusable'; readonly problem: FailureCode }

export class CardDesk {
  readonly #cards = new Map<string, OnReader>()
  readonly #watchers = new Set<() => void>()

  /** Follows the readers until the signal aborts. */
  async follow(readers: ReaderService, signal: AbortSignal, metrics?: Metrics): Promise<void> {
    for await (const event of watchCards(readers, signal, metrics === undefined ? {} : { trace: metrics.command })) {
      if (event.kind === 'cardInserted') this.#put(event.card.reader, await judge(event.card))
      if (event.kind === 'cardUnusable') this.#put(event.reader, unusable(failureCode(event.failure)))
      if (event.kind === 'cardUnusable') metrics?.fault(event.failure.kind)
      if (event.kind === 'trouble') metrics?.fault(event.trouble.kind)
      if (event.kind === 'cardRemoved' || event.kind === 'readerRemoved') this.#put(event.reader, undefined)
    }
  }

  /** The first usable card; else what is wrong with the first unusable one; else nothing. */
  get current(): OnReader {
    const there = [...this.#cards.values()]
    return there.find(({ kind }) => kind === 'card') ?? there[0] ?? { kind: 'nothing' }
  }

  /** Calls `watcher` after every change, until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  #put(reader: string, there: OnReader | undefined): void {
    if (there === undefined) this.#cards.delete(reader)
    else this.#cards.set(reader, there)
    for (const watcher of [...this.#watchers]) watcher()
  }
}

const unusable = (problem: FailureCode): OnReader => ({ kind: 'unusable', problem })

async function judge(card: Card): Promise<OnReader> {
  const identity = await card.transaction(identify)
  if (identity.kind !== 'ok') return unusable(failureCode(identity))
  const problem = PROBLEMS[identity.value.kind]
  return problem === undefined ? { kind: 'card', card } : unusable(problem)
}

const PROBLEMS: Readonly<Record<CardIdentity['kind'], FailureCode | undefined>> = {
  myNumberCard: undefined,
  phone: 'phoneNotTaken',
  predecessorCard: 'predecessorCard',
  foreign: 'foreignCard',
  unknown: 'unknownCard',
  blocked: 'applicationLocked',
  mute: 'mute',
}
