/** A queue between something that happens and a loop that takes it: values in order, then an end or an error. */
export class Inbox<T> {
  readonly #values: T[] = []
  #ended = false
  #error: Error | undefined
  #wake = () => {}

  put(value: T): void {
    this.#values.push(value)
    this.#wake()
  }

  /** No more will come. With an error the loop throws it after the last value. */
  end(error?: Error): void {
    this.#ended = true
    this.#error = error
    this.#wake()
  }

  get ended(): boolean {
    return this.#ended
  }

  async *values(): AsyncGenerator<T> {
    for (;;) {
      if (this.#values.length > 0) yield this.#values.shift() as T
      else if (this.#error !== undefined) throw this.#error
      else if (this.#ended) return
      else {
        const { promise, resolve } = Promise.withResolvers<void>()
        this.#wake = resolve
        await promise
      }
    }
  }
}
