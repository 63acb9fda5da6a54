/**
 * Signing in with the staff card that lies in the staff reader: what one has and what one knows (P12). The backend is asked before
 * the PIN is, so that nobody who would be refused spends a try; the last try needs a yes of its own.
 */
import type { PinEntry } from '../../applications/pin/verify-pin.ts'
import { base64, fromBase64 } from '../../base/base64.ts'
import type { FailureCode } from '../../base/failures/catalogue.ts'
import type { Card } from '../../card/card.ts'
import { failureCode } from '../../card/card-failure.ts'
import type { Transaction } from '../../card/transaction-hold.ts'
import type { BackendLine } from '../../procedures/backend-line.ts'
import { failureOfAnswer } from '../../procedures/steps/refusal.ts'
import { Stopped } from '../../procedures/terminal.ts'
import type { StaffViewOf } from '../../wire/staff-view.ts'
import { lookAtStaffCard, signAsStaff } from './staff-card.ts'
import type { StaffScreenDesk } from './staff-screen.ts'

/** Somebody is signed in for as long as their card lies there. */
export interface StaffSession {
  /** Their id. */
  readonly operator: string
  readonly name: string
  readonly token: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
  readonly card: Card
  /** For 利用者証明, DER: by it the card is known again. */
  readonly certificate: Uint8Array
}

export type SignedIn =
  | { readonly kind: 'signedIn'; readonly session: StaffSession }
  /** With this card it will not do; the reason, for the screen. */
  | { readonly kind: 'problem'; readonly failure: FailureCode }
  /** They went back, were too slow, or took the card out. */
  | { readonly kind: 'back' }

export interface SignInDesk {
  readonly screen: StaffScreenDesk
  /** In nobody's name yet. */
  readonly backend: BackendLine
}

const KEYPAD_SECONDS = 60

type Who = StaffViewOf<'staffPin'>['who']

/** `signal` ends with the card, a cancel, or the host. Never rejects but for a bug. */
export async function signInWith(card: Card, who: Who, desk: SignInDesk, signal: AbortSignal): Promise<SignedIn> {
  try {
    return await signIn(card, who, desk, signal)
  } catch (error) {
    if (!(error instanceof Stopped)) throw error
    return { kind: 'back' }
  }
}

async function signIn(card: Card, who: Who, { screen, backend }: SignInDesk, signal: AbortSignal): Promise<SignedIn> {
  const seen = await card.transaction(lookAtStaffCard, { signal })
  if (seen.kind !== 'ok') return problem(failureCode(seen))
  if (seen.value.kind === 'unusable') return problem(seen.value.failure)
  const { certificate, keypad } = seen.value
  const asked = await backend.call('signInChallenge', { body: { certificate: base64(certificate) } })
  if (asked.kind !== 'ok') return problem(failureOfAnswer(asked))
  const { challenge } = asked.value

  let { triesLeft } = seen.value
  let wrong: StaffViewOf<'staffPin'>['problem']
  for (;;) {
    signal.throwIfAborted()
    const lastTry = triesLeft === 1 ? 'agreed' : 'ask'
    if (triesLeft === 1 && !(await screen.ask({ kind: 'confirmLastTry', who })).goOn) return { kind: 'back' }
    const question = { kind: 'staffPin', who, triesLeft, ...(wrong && { problem: wrong }) } as const
    const entry: PinEntry | undefined = keypad
      ? typedAtReader(screen, question)
      : await screen.askPin({ ...question, entry: 'screen' }, signal)
    if (entry === undefined) return { kind: 'back' }
    const signing = (tx: Transaction) => signAsStaff(tx, fromBase64(challenge), entry, lastTry)
    // Nothing stays verified on the card, whatever came out of it.
    const signed = await card.transaction(signing, { signal, disposition: 'unpower' })
    if (signed.kind !== 'ok') return problem(failureCode(signed))
    switch (signed.value.kind) {
      case 'signed':
        return await opened(backend, { card, certificate }, challenge, signed.value.signature)
      case 'blocked':
        return problem('pinBlocked')
      case 'missing':
        return problem('pinMissing')
      case 'lastTry':
        triesLeft = 1
        break
      case 'wrongPin':
        wrong = 'wrong'
        if (signed.value.triesLeft !== 'unlimited') triesLeft = signed.value.triesLeft
        break
      case 'notAllowed':
        wrong = 'notAllowed'
        break
      case 'expired':
        return { kind: 'back' }
    }
  }
}

function typedAtReader(screen: StaffScreenDesk, question: Omit<StaffViewOf<'staffPin'>, 'entry'>): PinEntry {
  screen.show({ ...question, entry: 'reader' })
  return { keypad: { timeoutSeconds: KEYPAD_SECONDS } }
}

async function opened(
  backend: BackendLine,
  by: Pick<StaffSession, 'card' | 'certificate'>,
  challenge: string,
  signature: Uint8Array,
): Promise<SignedIn> {
  const proof = { challenge, signature: base64(signature) }
  const signedIn = await backend.call('signIn', { body: proof })
  if (signedIn.kind !== 'ok') return problem(failureOfAnswer(signedIn))
  const { operator, name, session: token, expiresAt } = signedIn.value
  return { kind: 'signedIn', session: { operator, name, token, expiresAt, ...by } }
}

const problem = (failure: FailureCode): SignedIn => ({ kind: 'problem', failure })
