/** PIN references and their try counters (facts 3.2). */
import type { CardObject } from './layout.ts'
import type { PersistentMemory } from './memory.ts'

/** Equal without telling by time where the first difference is. */
function sameSecret(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] ?? 0)
  return difference === 0
}

const tryLimit = (memory: PersistentMemory, pin: CardObject): number =>
  memory.read(pin.limitCell)?.[0] ?? pin.layout.tryLimit ?? 0

/** Tries left; `unlimited` where the reference has no counter. A reference without a value takes no tries. */
export function triesLeftOf(memory: PersistentMemory, pin: CardObject): number | 'unlimited' {
  if (memory.read(pin.pinCell) === undefined) return 0
  const limit = tryLimit(memory, pin)
  return limit === 0 ? 'unlimited' : (memory.read(pin.triesCell)?.[0] ?? limit)
}

/**
 * One try. The counter is written down before the comparison and restored after a match, so that taking the power away
 * in between never gives a try back. Call it only while tries are left.
 */
export function spendTry(memory: PersistentMemory, pin: CardObject, candidate: Uint8Array): boolean {
  const left = triesLeftOf(memory, pin)
  if (left !== 'unlimited') memory.write(pin.triesCell, Uint8Array.of(left - 1))
  const reference = memory.read(pin.pinCell)
  const match = reference !== undefined && sameSecret(reference, candidate)
  if (match && left !== 'unlimited') memory.write(pin.triesCell, Uint8Array.of(tryLimit(memory, pin)))
  return match
}

/** A new value with all tries, or none of it. */
export function setPin(memory: PersistentMemory, pin: CardObject, value: Uint8Array): void {
  memory.transaction(() => {
    memory.write(pin.pinCell, value)
    memory.write(pin.triesCell, Uint8Array.of(tryLimit(memory, pin)))
  })
}

/** No tries left; the value stays, and only a new one revives the reference. */
export const blockPin = (memory: PersistentMemory, pin: CardObject): void =>
  memory.write(pin.triesCell, Uint8Array.of(0))

/** May the PIN be changed to this value? `length` and `content` name what is wrong. */
export function pinFault(pin: CardObject, value: Uint8Array): 'length' | 'content' | undefined {
  const format = pin.layout.format
  if (format === undefined) return undefined
  if (value.length < format.minLength || value.length > format.maxLength) return 'length'
  return format.content.test(String.fromCharCode(...value)) ? undefined : 'content'
}
