/**
 * The 住民基本台帳用 PIN after a change that was cut between its two places: one may have the newer PIN, the other the older one. Each is
 * asked for its own, so that nobody spends a try on a PIN they did not enter for it; then both get the same again.
 */
import {
  type Half,
  mendResidentRegisterPin,
  type RegisterPinChanged,
  statusOfHalves,
  verifyHalf,
} from '../../applications/juki/resident-register-pin.ts'
import type { FailureCode } from '../../base/failures/catalogue.ts'
import type { Secret } from '../../base/secret.ts'
import type { HolderCard } from '../holder-card.ts'
import { askNewPin } from '../new-pin.ts'
import type { Terminal } from '../terminal.ts'
import type { Printed } from './guessable.ts'
import { journalled, pinWrite } from './journalled.ts'

/** Did this terminal leave the two places in doubt? */
export const isHalfChanged = ({ unfinished }: HolderCard): boolean =>
  HALVES.some((half) => unfinished.includes(pinWrite('juki', half)))

/** In the order they are written: where only the second is open, the first has the newer PIN. */
const HALVES = ['juki', 'common'] as const
const AGE: Readonly<Record<Half, 'newer' | 'older'>> = { juki: 'newer', common: 'older' }

export async function mendRegisterPin(
  terminal: Terminal,
  card: HolderCard,
  printed: Printed,
): Promise<RegisterPinChanged | { readonly failure: FailureCode }> {
  const status = await card.transaction(statusOfHalves)
  if (status.kind !== 'ok') return { failure: status.kind }
  const proven: Partial<Record<Half, Secret>> = {}
  for (const half of HALVES) {
    const of = status.value[half]
    if (of.kind === 'blocked') return { failure: 'pinBlocked' }
    if (of.kind === 'missing') return { failure: 'pinMissing' }
    const entry = await askHalf(terminal, card, half, of.kind === 'open' ? of.triesLeft : undefined)
    if ('failure' in entry) return entry
    proven[half] = entry.pin
  }
  const next = await askNewPin(terminal, 'juki', printed)
  const { juki, common } = proven as Record<Half, Secret>
  terminal.show({ kind: 'keepCard', step: 1, steps: 1 })
  const around = journalled(card, 'pinChange', 'juki')
  const mended = await card.transaction((tx) => mendResidentRegisterPin(tx, { juki, common, next, around }))
  return mended.kind === 'ok' ? mended.value : { failure: mended.kind }
}

/** Until it is right. What is returned is a twin of what was proven. */
async function askHalf(
  terminal: Terminal,
  card: HolderCard,
  half: Half,
  tries: number | undefined,
): Promise<{ readonly pin: Secret } | { readonly failure: FailureCode }> {
  let triesLeft = tries
  let problem: 'wrong' | 'notAllowed' | undefined
  for (;;) {
    const last = triesLeft === 1
    if (last && !(await terminal.ask({ kind: 'confirmLastTry', pin: 'juki' })).goOn) return { failure: 'lastTry' }
    const entry = await terminal.askPin({
      ...{ kind: 'enterPin', pin: 'juki', purpose: 'current', which: AGE[half] },
      ...(triesLeft === undefined ? {} : { triesLeft }),
      ...(problem === undefined ? {} : { problem }),
    })
    const pin = entry.twin()
    const outcome = await card.transaction((tx) => verifyHalf(tx, half, entry, last ? 'agreed' : 'ask'))
    if (outcome.kind !== 'ok') return { failure: outcome.kind }
    const verified = outcome.value
    if (verified.kind === 'verified') return { pin }
    pin.destroy()
    if (verified.kind === 'blocked') return { failure: 'pinBlocked' }
    if (verified.kind === 'missing') return { failure: 'pinMissing' }
    if (verified.kind === 'expired') return { failure: 'pinExpired' }
    if (verified.kind === 'wrongPin' && verified.triesLeft !== 'unlimited') triesLeft = verified.triesLeft
    if (verified.kind === 'lastTry') triesLeft = 1
    problem = verified.kind === 'wrongPin' ? 'wrong' : verified.kind === 'notAllowed' ? 'notAllowed' : undefined
  }
}
