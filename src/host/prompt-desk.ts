/** One screen: what is on it, who looks at it, and the one question that may be answered now. In its own closed language of views. */
import type { z } from 'zod'
import type { Clock } from '../base/clock.ts'
import type { FailureCode } from '../base/failures/catalogue.ts'
import { Secret } from '../base/secret.ts'
import { Stopped } from '../procedures/terminal.ts'
import { ChannelError } from '../wire/frame.ts'
import { type Answers, answerSchemas, type View } from '../wire/view.ts'
import type { Patience, Timers } from './ports.ts'

interface AnyView {
  readonly kind: string
}
/** The view of one kind. */
export type Of<V extends AnyView, K> = Extract<V, { readonly kind: K }>

/** What a screen says: its views are `V`; `A` has, for each kind that is asked, what can be answered. */
export interface Language<V extends AnyView, A> {
  /** An answer that holds `entered` comes with a secret, no other does. */
  readonly answers: { readonly [K in keyof A]: z.ZodType<A[K]> }
  /** Asked before somebody idle is given up. */
  readonly stillThere?: Of<V, keyof A>
}

export const RESIDENT: Language<View, Answers> = { answers: answerSchemas, stillThere: { kind: 'stillThere' } }

/** A view on a screen, as `view.ts` and `staff-view.ts` have it. */
export interface Shown<V extends AnyView> {
  readonly prompt: number
  readonly view: V
  readonly secondsLeft?: number
}

/** Closed by whatever settles it first: what comes after that, even in the same tick, is late. */
interface Open<A> {
  readonly prompt: number
  readonly kind: keyof A
  readonly resolve: (answer: unknown, secret: Uint8Array | undefined) => void
  readonly reject: (reason: Stopped) => void
}

type Reply = { readonly answer: unknown; readonly secret: Uint8Array | undefined } | 'expired'

export class PromptDesk<V extends AnyView = View, A = Answers> {
  readonly #language: Language<V, A>
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #patience: Patience
  readonly #watchers = new Set<(screen: Shown<V>) => void>()
  #screen: Shown<V>
  #lastPrompt = 0
  #open: Open<A> | undefined

  constructor(language: Language<V, A>, clock: Clock, timers: Timers, patience: Patience, first: V) {
    this.#language = language
    this.#clock = clock
    this.#timers = timers
    this.#patience = patience
    this.#screen = { prompt: 0, view: first }
  }

  get screen(): Shown<V> {
    return this.#screen
  }

  /** Calls `watcher` with the screen as it is now and with every change, until the returned function is called. */
  watch(watcher: (screen: Shown<V>) => void): () => void {
    this.#watchers.add(watcher)
    watcher(this.#screen)
    return () => this.#watchers.delete(watcher)
  }

  show(view: V): void {
    this.#put({ prompt: 0, view })
  }

  /** Asks; an idle person is asked whether they are still there, and the question comes again. Rejects with `Stopped`. */
  async ask<K extends keyof A>(question: Of<V, K>): Promise<A[K]> {
    return (await this.#asked(question, this.#patience.question)).answer as A[K]
  }

  /** A PIN, worth nothing once `until` aborts. Undefined: they went back. Rejects with `Stopped`. */
  async askPin(question: Of<V, keyof A>, until: AbortSignal): Promise<Secret | undefined> {
    const { secret } = await this.#asked(question, this.#patience.pin)
    return secret && new Secret(secret, { clock: this.#clock, until })
  }

  /** An ending that goes away by itself: the person has seen it, or has left; a stop ends it too. */
  async tell(ending: Of<V, keyof A>): Promise<void> {
    try {
      await this.#once(ending, this.#patience.ending)
    } catch (error) {
      if (!(error instanceof Stopped)) throw error
    }
  }

  /** Answers the open prompt. Throws `ChannelError`: `stalePrompt`, or `badInput` for an answer that does not fit it. */
  answer(prompt: number, answer: unknown, secret: Uint8Array | undefined): void {
    const open = this.#open
    if (open?.prompt !== prompt) {
      secret?.fill(0)
      throw new ChannelError('stalePrompt')
    }
    const parsed = this.#language.answers[open.kind].safeParse(answer)
    if (!parsed.success || (secret !== undefined) !== Object.hasOwn(parsed.data as object, 'entered')) {
      secret?.fill(0)
      throw new ChannelError('badInput')
    }
    this.#open = undefined
    open.resolve(parsed.data, secret)
  }

  /** Ends the open question, if there is one, with `Stopped`. */
  stop(failure: FailureCode): void {
    const open = this.#open
    this.#open = undefined
    open?.reject(new Stopped(failure))
  }

  async #asked(question: V, ms: number): Promise<Exclude<Reply, 'expired'>> {
    const { stillThere } = this.#language
    for (;;) {
      const reply = await this.#once(question, ms)
      if (reply !== 'expired') return reply
      if (stillThere === undefined || (await this.#once(stillThere, this.#patience.stillThere)) === 'expired')
        throw new Stopped('idle')
    }
  }

  /** One prompt on the screen until it is answered, expires or is stopped. */
  async #once(question: V, ms: number): Promise<Reply> {
    const prompt = ++this.#lastPrompt
    const { promise, resolve, reject } = Promise.withResolvers<Reply>()
    const kind = question.kind as keyof A
    this.#open = { prompt, kind, resolve: (answer, secret) => resolve({ answer, secret }), reject }
    const stopWaiting = this.#timers.after(ms, () => {
      this.#open = undefined
      resolve('expired')
    })
    this.#put({ prompt, view: question, secondsLeft: Math.ceil(ms / 1000) })
    try {
      return await promise
    } finally {
      stopWaiting()
    }
  }

  #put(screen: Shown<V>): void {
    this.#screen = screen
    for (const watcher of this.#watchers) watcher(screen)
  }
}
