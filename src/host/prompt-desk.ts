/** The one screen: what is on it, who looks at it, and the one question that may be answered now. */

import type { Clock } from '../base/clock.ts'
import type { FailureCode } from '../base/failures/catalogue.ts'
import { Secret } from '../base/secret.ts'
import { Stopped } from '../procedures/terminal.ts'
import { ChannelError } from '../wire/frame.ts'
import { type Answers, answerSchemas, type Question, type QuestionKind, type Screen, type View } from '../wire/view.ts'
import type { Patience, Timers } from './ports.ts'

interface Open {
  readonly prompt: number
  readonly kind: QuestionKind
  readonly resolve: (answer: unknown, secret: Uint8Array | undefined) => void
  readonly reject: (reason: Stopped) => void
}

type Reply = { readonly answer: unknown; readonly secret: Uint8Array | undefined } | 'expired'

export class PromptDesk {
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #patience: Patience
  readonly #watchers = new Set<(screen: Screen) => void>()
  #screen: Screen
  #lastPrompt = 0
  #open: Open | undefined

  constructor(clock: Clock, timers: Timers, patience: Patience, first: View) {
    this.#clock = clock
    this.#timers = timers
    this.#patience = patience
    this.#screen = { prompt: 0, view: first }
  }

  get screen(): Screen {
    return this.#screen
  }

  /** Calls `watcher` with the screen as it is now and with every change, until the returned function is called. */
  watch(watcher: (screen: Screen) => void): () => void {
    this.#watchers.add(watcher)
    watcher(this.#screen)
    return () => this.#watchers.delete(watcher)
  }

  show(view: View): void {
    this.#put({ prompt: 0, view })
  }

  /** Asks; an idle person is asked whether they are still there, and the question comes again. Rejects with `Stopped`. */
  async ask<K extends QuestionKind>(question: Extract<Question, { kind: K }>): Promise<Answers[K]> {
    return (await this.#asked(question)).answer as Answers[K]
  }

  /** A PIN, worth nothing once `until` aborts. */
  async askPin(question: Extract<Question, { kind: 'enterPin' }>, until: AbortSignal): Promise<Secret> {
    const { secret } = await this.#asked(question)
    return new Secret(secret ?? new Uint8Array(0), { clock: this.#clock, until })
  }

  /** An ending that goes away by itself: the person has seen it, or has left; a stop ends it too. */
  async tell(ending: Extract<Question, { kind: 'done' | 'failed' }>): Promise<void> {
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
    const parsed = answerSchemas[open.kind].safeParse(answer)
    if (!parsed.success || (secret !== undefined) !== (open.kind === 'enterPin')) {
      secret?.fill(0)
      throw new ChannelError('badInput')
    }
    open.resolve(parsed.data, secret)
  }

  /** Ends the open question, if there is one, with `Stopped`. */
  stop(failure: FailureCode): void {
    this.#open?.reject(new Stopped(failure))
  }

  async #asked(question: Question): Promise<Exclude<Reply, 'expired'>> {
    const patience = question.kind === 'enterPin' ? this.#patience.pin : this.#patience.question
    for (;;) {
      const reply = await this.#once(question, patience)
      if (reply !== 'expired') return reply
      if ((await this.#once({ kind: 'stillThere' }, this.#patience.stillThere)) === 'expired') throw new Stopped('idle')
    }
  }

  /** One prompt on the screen until it is answered, expires or is stopped. */
  async #once(question: Question, ms: number): Promise<Reply> {
    const prompt = ++this.#lastPrompt
    const { promise, resolve, reject } = Promise.withResolvers<Reply>()
    this.#open = { prompt, kind: question.kind, resolve: (answer, secret) => resolve({ answer, secret }), reject }
    const stopWaiting = this.#timers.after(ms, () => resolve('expired'))
    this.#put({ prompt, view: question, secondsLeft: Math.ceil(ms / 1000) })
    try {
      return await promise
    } finally {
      stopWaiting()
      this.#open = undefined
    }
  }

  #put(screen: Screen): void {
    this.#screen = screen
    for (const watcher of this.#watchers) watcher(screen)
  }
}
