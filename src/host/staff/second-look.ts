/**
 * The second pair of eyes (F58): another member of staff takes the first one's place at the reader, signs in with their own card and PIN,
 * looks, and leaves again. Whoever comes back is known by the certificate of their card (decision 0206).
 */
import { equal } from '../../base/bytes.ts'
import type { FailureCode } from '../../base/failures/catalogue.ts'
import type { Card } from '../../card/card.ts'
import { failureCode } from '../../card/card-failure.ts'
import type { BackendLine } from '../../procedures/backend-line.ts'
import { Stopped } from '../../procedures/terminal.ts'
import type { StaffViewOf } from '../../wire/staff-view.ts'
import type { CardDesk } from '../card-desk.ts'
import { type StaffSession, signInWith } from './sign-in.ts'
import { lookAtStaffCard } from './staff-card.ts'
import type { StaffScreenDesk } from './staff-screen.ts'
import { onReader } from './wait-for-card.ts'

export interface SecondLookDesk {
  readonly screen: StaffScreenDesk
  /** Of the staff reader. */
  readonly cards: CardDesk
  /** In nobody's name. */
  readonly backend: BackendLine
  /** Aborts with `Stopped`. */
  readonly signal: AbortSignal
}

/** Waits for somebody else to sign in. Rejects with `Stopped`. */
export async function secondSignsIn(desk: SecondLookDesk, first: StaffSession): Promise<StaffSession> {
  let last: Card | undefined = first.card
  let problem: FailureCode | undefined
  for (;;) {
    last = await nextCard(desk, 'come', last, problem)
    const signedIn = await signingIn(desk, last)
    if (signedIn.kind === 'signedIn') {
      if (signedIn.session.operator !== first.operator) return signedIn.session
      await desk.backend.call('signOut', { body: { session: signedIn.session.token } })
      problem = 'sameOperator'
    } else problem = signedIn.kind === 'problem' ? signedIn.failure : undefined
  }
}

/** Waits until the first one's card lies there again. Rejects with `Stopped`. */
export async function firstReturns(desk: SecondLookDesk, first: StaffSession, second: StaffSession): Promise<Card> {
  let last: Card = second.card
  let problem: FailureCode | undefined
  for (;;) {
    last = await nextCard(desk, 'leave', last, problem)
    const seen = await last.transaction(lookAtStaffCard, { signal: desk.signal })
    if (seen.kind === 'ok' && seen.value.kind === 'seen' && equal(seen.value.certificate, first.certificate))
      return last
    problem = seen.kind === 'ok' ? 'otherCard' : failureCode(seen)
  }
}

async function signingIn({ screen, backend, signal }: SecondLookDesk, card: Card) {
  const stop = new AbortController()
  const end = (failure: FailureCode) => {
    stop.abort(new Stopped(failure))
    screen.stop(failure)
  }
  const gone = () => end('cardGone')
  const cancelled = () => end('cancelled')
  card.alive.addEventListener('abort', gone, { once: true })
  signal.addEventListener('abort', cancelled, { once: true })
  if (card.alive.aborted) gone()
  try {
    const signedIn = await signInWith(card, 'secondOperator', { screen, backend }, stop.signal)
    signal.throwIfAborted()
    return signedIn
  } finally {
    card.alive.removeEventListener('abort', gone)
    signal.removeEventListener('abort', cancelled)
  }
}

function nextCard(
  { screen, cards, signal }: SecondLookDesk,
  step: StaffViewOf<'secondOperator'>['step'],
  last: Card | undefined,
  problem: FailureCode | undefined,
): Promise<Card> {
  const show = (wrong: FailureCode | undefined) =>
    screen.show({ kind: 'secondOperator', step, ...(wrong && { problem: wrong }) })
  show(problem)
  return onReader(cards, signal, (there) => {
    if (there.kind === 'card') return there.card === last ? undefined : there.card
    if (there.kind === 'unusable') show(there.problem)
    return undefined
  })
}
