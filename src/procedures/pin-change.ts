/**
 * 暗証番号の変更: a holder who knows a PIN chooses another one (facts 3.3; the 住民基本台帳用 PIN in both its places).
 * Everything is asked before the card is touched, so one transaction verifies and changes: whatever interrupts it, the card
 * has the old PIN or the new one.
 */
import type { RegisterPinChanged } from '../applications/juki/resident-register-pin.ts'
import type { LastTry } from '../applications/pin/verify-pin.ts'
import type { Secret } from '../base/secret.ts'
import type { PinName, PinStatus } from '../wire/view.ts'
import { askNewPin } from './new-pin.ts'
import { PINS, readPins } from './pins.ts'
import { readExpiry } from './steps/guessable.ts'
import { journalled } from './steps/journalled.ts'
import { isHalfChanged, mendRegisterPin } from './steps/mend-register-pin.ts'
import { type Ending, failed, type Procedure, type Terminal } from './terminal.ts'

export const pinChange: Procedure = async (terminal) => {
  const card = await terminal.card()
  const read = await card.transaction(async (tx) => ({ pins: await readPins(tx), expiry: await readExpiry(tx) }))
  if (read.kind !== 'ok') return failed(read.kind)
  const { pins, expiry } = read.value
  const printed = { birth: terminal.staff?.person?.birth, expiry }

  const { pin } = await terminal.ask({ kind: 'choosePin', pins })
  const refusal = refusalOf(pins.find((status) => status.pin === pin))
  if (refusal !== undefined) return refusal
  if (pin === 'juki' && isHalfChanged(card)) {
    const mended = await mendRegisterPin(terminal, card, printed)
    return 'failure' in mended ? failed(mended.failure) : (endingOf(mended) ?? failed('pinHalfChanged'))
  }

  let triesLeft = pins.find((status) => status.pin === pin)?.triesLeft ?? 0
  let wrong = false
  let next: Secret | undefined
  for (;;) {
    const lastTry = triesLeft === 1 ? await agreeToLastTry(terminal, pin) : 'ask'
    if (lastTry === undefined) return failed('lastTry')
    const problem = wrong ? { problem: 'wrong' as const } : {}
    const current = await terminal.askPin({ kind: 'enterPin', pin, purpose: 'current', triesLeft, ...problem })
    if (next?.state !== 'fresh') next = await askNewPin(terminal, pin, printed)

    terminal.show({ kind: 'keepCard', step: 1, steps: 1 })
    const change = { current, next, lastTry, around: journalled(card, 'pinChange', pin) }
    const changed = await card.transaction((tx) => PINS[pin].change(tx, change))
    if (changed.kind !== 'ok') return failed(changed.kind)
    const ending = endingOf(changed.value)
    if (ending !== undefined) return ending
    if (changed.value.kind !== 'wrongPin' || changed.value.triesLeft === 'unlimited') continue
    wrong = true
    triesLeft = changed.value.triesLeft
  }
}

function refusalOf(status: PinStatus | undefined): Ending | undefined {
  if (status === undefined || status.state === 'missing') return failed('pinMissing')
  return status.state === 'blocked' ? failed('pinBlocked') : undefined
}

async function agreeToLastTry(terminal: Terminal, pin: PinName): Promise<LastTry | undefined> {
  const { goOn } = await terminal.ask({ kind: 'confirmLastTry', pin })
  return goOn ? 'agreed' : undefined
}

/** What ends the procedure; a wrong PIN with tries left, or an entry that cannot be a PIN, does not. */
function endingOf(changed: RegisterPinChanged): Ending | undefined {
  switch (changed.kind) {
    case 'changed':
      return { kind: 'done', procedure: 'pinChange' }
    case 'blocked':
      return failed('pinBlocked')
    case 'missing':
      return failed('pinMissing')
    case 'halfChanged':
      return failed('pinHalfChanged')
    case 'expired':
    case 'newExpired':
      return failed('pinExpired')
    case 'lastTry':
      return failed('lastTry')
    case 'wrongPin':
    case 'notAllowed':
    case 'newNotAllowed':
      return undefined
  }
}
