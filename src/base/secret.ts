/**
 * A PIN on its way to the card: bytes that can be used once and never be looked at by accident. It refuses JSON, strings,
 * structuredClone and postMessage, and an inspector sees nothing of it.
 */
import { type Clock, systemClock } from './clock.ts'

export interface SecretLife {
  readonly clock?: Clock
  /** Milliseconds until it is worth nothing any more; for ever when left out. */
  readonly lifetimeMs?: number
  /** What ends it early: its prompt, the card's removal, cancel, an idle person. */
  readonly until?: AbortSignal
}

/** Somebody used a secret a second time, or after its end: a mistake in the program. */
export class SecretGone extends Error {
  override readonly name = 'SecretGone'
}

const refuse = (): never => {
  throw new TypeError('a Secret is never written out')
}

export class Secret {
  /** An own function: JSON.stringify calls it, and structuredClone refuses to copy an object that has one. */
  readonly toJSON = refuse
  readonly #bytes: Uint8Array
  readonly #clock: Clock
  readonly #end: number
  readonly #until: AbortSignal | undefined
  #state: 'fresh' | 'used' | 'expired' = 'fresh'

  /** Takes the bytes over: those given are zeroed. */
  constructor(bytes: Uint8Array, life: SecretLife = {}) {
    // Not slice(): of a Node Buffer that would be a view, and zeroed with it.
    this.#bytes = new Uint8Array(bytes)
    bytes.fill(0)
    this.#clock = life.clock ?? systemClock
    this.#end = this.#clock.now() + (life.lifetimeMs ?? Number.POSITIVE_INFINITY)
    this.#until = life.until
    if (life.until?.aborted === true) this.destroy()
    else life.until?.addEventListener('abort', () => this.destroy(), { once: true })
  }

  /**
   * Another secret of the same bytes and the same end, for a second use that is foreseen: a PIN that is written and then
   * verified. Each is used once. Throws SecretGone.
   */
  twin(): Secret {
    if (this.state !== 'fresh') throw new SecretGone(`this secret is ${this.#state}`)
    const lifetimeMs = this.#end - this.#clock.now()
    const until = this.#until === undefined ? {} : { until: this.#until }
    return new Secret(new Uint8Array(this.#bytes), { clock: this.#clock, lifetimeMs, ...until })
  }

  get state(): 'fresh' | 'used' | 'expired' {
    if (this.#state === 'fresh' && this.#clock.now() >= this.#end) this.destroy()
    return this.#state
  }

  /** The one use. The bytes are zeroed when `work` has settled; it must keep no copy. Throws SecretGone. */
  async use<T>(work: (bytes: Uint8Array) => Promise<T>): Promise<T> {
    if (this.state !== 'fresh') throw new SecretGone(`this secret is ${this.#state}`)
    this.#state = 'used'
    try {
      return await work(this.#bytes)
    } finally {
      this.#bytes.fill(0)
    }
  }

  /** A question about the bytes that is no use of them: a format, equality. Throws SecretGone. */
  test(question: (bytes: Uint8Array) => boolean): boolean {
    if (this.state !== 'fresh') throw new SecretGone(`this secret is ${this.#state}`)
    return question(this.#bytes)
  }

  /** Were the same bytes entered twice? Takes the same time wherever they differ. */
  sameAs(other: Secret): boolean {
    return this.test((mine) =>
      other.test((theirs) => {
        let difference = mine.length ^ theirs.length
        for (let i = 0; i < mine.length; i++) difference |= (mine[i] as number) ^ (theirs[i] ?? 0)
        return difference === 0
      }),
    )
  }

  /** Zeroes an unused secret. One in use ends with its use. */
  destroy(): void {
    if (this.#state !== 'fresh') return
    this.#state = 'expired'
    this.#bytes.fill(0)
  }

  [Symbol.dispose](): void {
    this.destroy()
  }

  toString(): string {
    return refuse()
  }

  [Symbol.toPrimitive](): never {
    return refuse()
  }

  /** What Node's inspector shows, so that a record which holds a secret can still be shown. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[Secret]'
  }
}
