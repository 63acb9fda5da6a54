/** Whose turn it is at one card: a transaction's owner, one operation at a time, and one queue, first come first served. */

interface Waiting<Handle> {
  readonly handle: Handle | undefined
  readonly run: () => void
}

export class Turns<Handle extends object> {
  #owner: Handle | undefined
  /** Transactions nest: as many ends as begins. */
  #depth = 0
  #busy: Handle | undefined
  #waiting: Waiting<Handle>[] = []
  #passing = false

  get owner(): Handle | undefined {
    return this.#owner
  }

  get busy(): Handle | undefined {
    return this.#busy
  }

  /** Runs at once if it may, else when its turn has come. Returns the way out of the queue. */
  take(handle: Handle | undefined, run: () => void): () => void {
    if (this.#admits(handle) && (this.#waiting.length === 0 || this.#owner !== undefined)) {
      run()
      return () => {}
    }
    const waiting = { handle, run }
    this.#waiting.push(waiting)
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== waiting)
    }
  }

  /** From now on only `handle` gets turns. Called in its turn. */
  own(handle: Handle): void {
    this.#owner = handle
    this.#depth++
  }

  disown(): void {
    this.#depth--
    if (this.#depth <= 0) this.free()
  }

  /** Ends the transaction however deep it is. */
  free(): void {
    this.#owner = undefined
    this.#depth = 0
    this.next()
  }

  /** An operation of `handle` begins that does not end in this call. */
  occupy(handle: Handle): void {
    this.#busy = handle
  }

  /** The operation has ended; `next` lets the others go on. */
  vacate(handle: Handle): void {
    if (this.#busy === handle) this.#busy = undefined
  }

  /** A handle that is gone waits for nothing. */
  forget(handle: Handle): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting.handle !== handle)
  }

  /** Lets those go on whose turn it is. What ends while it runs is seen by the same loop, so that the stack stays flat. */
  next(): void {
    if (this.#passing) return
    this.#passing = true
    try {
      for (let first = this.#first(); first !== undefined; first = this.#first()) first.run()
    } finally {
      this.#passing = false
    }
  }

  /** Takes the first out of the queue that may run now. */
  #first(): Waiting<Handle> | undefined {
    const index = this.#waiting.findIndex(({ handle }) => this.#admits(handle))
    return index < 0 ? undefined : this.#waiting.splice(index, 1)[0]
  }

  #admits(handle: Handle | undefined): boolean {
    return this.#busy === undefined && (this.#owner === undefined || this.#owner === handle)
  }
}
