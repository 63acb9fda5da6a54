/** Asking for a PIN that shows whose card it is, until it is right: every prompt at most one try, the last one only after a yes. */
import { JpkiSession } from '../../applications/jpki/jpki-session.ts'
import type { Verified } from '../../applications/pin/verify-pin.ts'
import type { FailureCode } from '../../base/failures/catalogue.ts'
import type { PinStatus } from '../../wire/view.ts'
import type { HolderCard } from '../holder-card.ts'
import type { Terminal } from '../terminal.ts'

export type Proven<T> = { readonly kind: 'proven'; readonly value: T } | { readonly failure: FailureCode }

/**
 * `then` runs in the same transaction, with the PIN verified: what needs it is done at once, and nothing stays open for longer. A card
 * that lost its power meanwhile is asked again.
 */
export async function provePin<T>(
  terminal: Terminal,
  card: HolderCard,
  status: PinStatus,
  then: (jpki: JpkiSession) => Promise<T>,
): Promise<Proven<T>> {
  const pin = status.pin as 'sign' | 'auth'
  let { triesLeft } = status
  let problem: 'wrong' | 'notAllowed' | undefined
  for (;;) {
    if (triesLeft === 1 && !(await terminal.ask({ kind: 'confirmLastTry', pin })).goOn) return { failure: 'lastTry' }
    const trouble = problem === undefined ? {} : { problem }
    const entry = await terminal.askPin({ kind: 'enterPin', pin, purpose: 'prove', triesLeft, ...trouble })
    const lastTry = triesLeft === 1 ? 'agreed' : 'ask'
    const outcome = await card.transaction(async (tx) => {
      const jpki = await JpkiSession.open(tx)
      const verified = await jpki.verifyPin(pin, entry, lastTry)
      return { verified, value: verified.kind === 'verified' ? await then(jpki) : undefined }
    })
    if (outcome.kind !== 'ok') return { failure: outcome.kind }
    const { verified, value } = outcome.value
    if (verified.kind === 'verified') return { kind: 'proven', value: value as T }
    const ending = endingOf(verified)
    if (ending !== undefined) return { failure: ending }
    if (verified.kind === 'wrongPin' && verified.triesLeft !== 'unlimited') triesLeft = verified.triesLeft
    // Another program spent tries meanwhile: now the last one is asked about.
    if (verified.kind === 'lastTry') triesLeft = 1
    problem = verified.kind === 'wrongPin' ? 'wrong' : verified.kind === 'notAllowed' ? 'notAllowed' : undefined
  }
}

/** What asking again does not mend. */
function endingOf(verified: Exclude<Verified, { kind: 'verified' }>): FailureCode | undefined {
  switch (verified.kind) {
    case 'blocked':
      return 'pinBlocked'
    case 'missing':
      return 'pinMissing'
    case 'expired':
      return 'pinExpired'
    case 'wrongPin':
    case 'lastTry':
    case 'notAllowed':
      return undefined
  }
}
