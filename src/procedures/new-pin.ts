/** Asking for a new PIN: twice, in its format, with a word about PINs that are easily guessed (F01, F02). */
import { asTyped, pinProblem } from '../applications/pin/pin-format.ts'
import type { Secret } from '../base/secret.ts'
import type { PinName } from '../wire/view.ts'
import { PINS } from './pins.ts'
import { easilyGuessed, type Printed } from './steps/guessable.ts'
import type { Terminal } from './terminal.ts'

/**
 * A PIN in its format, entered twice alike; `alsoFor` are told of, it is set for them too. One that is easily guessed is explained and
 * another one asked for, not refused: entered once more it is taken.
 */
export async function askNewPin(
  terminal: Terminal,
  pin: PinName,
  printed: Printed,
  alsoFor: readonly PinName[] = [],
): Promise<Secret> {
  let problem: 'notAllowed' | 'differs' | 'weak' | undefined
  /** What was explained; the same again is meant. */
  let weak: Secret | undefined
  const also = alsoFor.length === 0 ? {} : { alsoFor: [...alsoFor] }
  for (;;) {
    const trouble = problem === undefined ? {} : { problem }
    const first = await terminal.askPin({ kind: 'enterPin', pin, purpose: 'new', ...also, ...trouble })
    const meant = weak?.sameAs(first) ?? false
    weak?.destroy()
    weak = undefined
    if (meant) return first
    if (!first.test((typed) => inForm(typed, (bytes) => pinProblem(PINS[pin].format, bytes) === undefined))) {
      first.destroy()
      problem = 'notAllowed'
      continue
    }
    if (first.test((typed) => inForm(typed, (bytes) => easilyGuessed(bytes, printed)))) {
      weak = first
      problem = 'weak'
      continue
    }
    const second = await terminal.askPin({ kind: 'enterPin', pin, purpose: 'again', ...also })
    const alike = first.sameAs(second)
    first.destroy()
    if (alike) return second
    second.destroy()
    problem = 'differs'
  }
}

/** Looks at an entry in the card's form and leaves nothing of it behind. */
function inForm(typed: Uint8Array, question: (bytes: Uint8Array) => boolean): boolean {
  const bytes = asTyped(typed)
  try {
    return question(bytes)
  } finally {
    bytes.fill(0)
  }
}
