/** Asking for a new PIN: twice, in its format, with a word about PINs that are easily guessed (F01, F02). */
import { asTyped, pinProblem } from '../applications/pin/pin-format.ts'
import type { Secret } from '../base/secret.ts'
import type { PinName } from '../wire/view.ts'
import { PINS } from './pins.ts'
import { easilyGuessed, type Printed } from './steps/guessable.ts'
import type { Terminal } from './terminal.ts'

/** A PIN in its format, entered twice alike; `alsoFor` are told of, it is set for them too. An easily guessed one is explained at the second entry, not refused. */
export async function askNewPin(
  terminal: Terminal,
  pin: PinName,
  alsoFor: readonly PinName[] = [],
  printed: Printed = {},
): Promise<Secret> {
  let problem: 'notAllowed' | 'differs' | undefined
  const also = alsoFor.length === 0 ? {} : { alsoFor: [...alsoFor] }
  for (;;) {
    const trouble = problem === undefined ? {} : { problem }
    const first = await terminal.askPin({ kind: 'enterPin', pin, purpose: 'new', ...also, ...trouble })
    if (!first.test((typed) => inForm(typed, (bytes) => pinProblem(PINS[pin].format, bytes) === undefined))) {
      first.destroy()
      problem = 'notAllowed'
      continue
    }
    const warning = first.test((typed) => inForm(typed, (bytes) => easilyGuessed(bytes, printed)))
      ? { problem: 'weak' as const }
      : {}
    const second = await terminal.askPin({ kind: 'enterPin', pin, purpose: 'again', ...also, ...warning })
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
