/** A command refused with a status word. Thrown inside a memory transaction it also undoes what the command had written. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly sw: number
  constructor(sw: number) {
    super(`refused with ${sw.toString(16)}`)
    this.sw = sw
  }
}

/** Throws Refusal with `sw` unless `condition` holds. */
export function require(condition: boolean, sw: number): asserts condition {
  if (!condition) throw new Refusal(sw)
}

/** The value, or Refusal with `sw` when there is none. */
export function demand<T>(value: T | undefined, sw: number): T {
  if (value === undefined) throw new Refusal(sw)
  return value
}
