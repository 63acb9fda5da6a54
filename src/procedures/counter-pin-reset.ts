/**
 * 暗証番号の初期化 at a counter (facts 7.2): staff look at the person, the person chooses a new PIN at their own side (F05), the card gets
 * it. Also releases a blocked 照合番号B, which nobody chooses. What was cut is begun again: the card then gets another one-time value.
 */
import type { Transaction } from '../card/transaction-hold.ts'
import type { Resettable } from '../wire/card-script.ts'
import type { PinName } from '../wire/view.ts'
import type { HolderCard } from './holder-card.ts'
import { askNewPin } from './new-pin.ts'
import { readPins } from './pins.ts'
import type { LocalSteps, ScriptAsk, ScriptEnding } from './script-line.ts'
import { codeBTries } from './steps/code-b.ts'
import { knownCard } from './steps/find-card.ts'
import { type Printed, readExpiry } from './steps/guessable.ts'
import { checkIdentity, isTheirs } from './steps/identity.ts'
import { failedBy, failureOfRefusal } from './steps/refusal.ts'
import { type Ending, failed, type Procedure, type Terminal } from './terminal.ts'

const STEPS = 2

export const counterPinReset: Procedure = async (terminal) => {
  const { staff, backend } = terminal
  if (staff === undefined) return failed('notOffered')
  const card = await terminal.card()
  terminal.show({ kind: 'keepCard', step: 1, steps: STEPS })
  const found = await knownCard(backend, card)
  if ('failure' in found) return failed(found.failure)
  const { serial } = found
  if (!isTheirs(staff, found.holder)) return failed('wrongPerson')
  if (found.state !== 'delivered') return failed('cardNotInState')
  const known = await backend.call('card', { params: { serial } })
  if (known.kind !== 'ok') return failedBy(known)
  if (known.value.faceAuth) return failed('resetFaceAuthCard')

  const checked = await checkIdentity(terminal, staff, serial, 'pinReset')
  if ('failure' in checked) return failed(checked.failure)
  const now = await card.transaction(whatIsThere)
  if (now.kind !== 'ok') return failed(now.kind)
  const signs = known.value.certificates.some(({ kind, state }) => kind === 'sign' && state === 'active')
  const pins = now.value.pins.filter(({ pin }) => signs || pin !== 'sign')
  const { codeB, expiry } = now.value
  const printed = { birth: staff.person?.birth, expiry }
  const chosen = await staff.ask({ kind: 'choosePinToReset', pins, ...(codeB !== undefined && { codeB }) })
  if ('back' in chosen) return failed('cancelled')

  const ask = { procedure: 'pinReset', pin: chosen.pin, check: checked.check } as const
  await forgetCut(terminal, serial, chosen.pin)
  const ending = await (chosen.pin === 'codeB'
    ? reset(terminal, card, serial, ask, {})
    : resetTo(terminal, card, serial, ask, printed))
  return endingOf(ending, checked.check)
}

type ResetAsk = Extract<ScriptAsk, { procedure: 'pinReset' }>

async function resetTo(
  terminal: Terminal,
  card: HolderCard,
  serial: string,
  ask: ResetAsk,
  printed: Printed,
): Promise<ScriptEnding> {
  const chosen = await askNewPin(terminal, ask.pin as PinName, printed)
  try {
    // After a lost answer the script sets another one-time value, and the same PIN once more.
    return await reset(terminal, card, serial, ask, { newPin: async () => chosen.twin() })
  } finally {
    chosen.destroy()
  }
}

function reset(terminal: Terminal, card: HolderCard, serial: string, ask: ResetAsk, local: LocalSteps) {
  terminal.show({ kind: 'keepCard', step: STEPS, steps: STEPS })
  return terminal.script.run(card, serial, ask, local)
}

/** An order that was cut belongs to an identity check of that time; this person was looked at again. */
async function forgetCut({ script }: Terminal, serial: string, pin: Resettable): Promise<void> {
  for (const { ask } of await script.cut(serial))
    if (ask.procedure === 'pinReset' && ask.pin === pin) await script.withdraw(serial, ask)
}

async function whatIsThere(tx: Transaction) {
  const pins = await readPins(tx)
  return { pins, codeB: await codeBTries(tx), expiry: await readExpiry(tx) }
}

function endingOf(ending: ScriptEnding, reference: string): Ending {
  if (ending.kind === 'failed') return failed(ending.failure)
  if (ending.kind === 'refused') return failed(failureOfRefusal(ending.code))
  return { kind: 'done', procedure: 'counterPinReset', reference }
}
