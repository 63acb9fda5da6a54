/**
 * A PIN that was forgotten or blocked, set anew at a kiosk (F21 署名用, F22 利用者証明用): the reservation of the app is found first, so that
 * whoever a kiosk cannot help (F22b) hears it before any PIN is asked; the other PIN shows whose card it is; the new one is chosen; only
 * then is the reservation used and the card written. What is cut after that goes on at the same kiosk without another reservation.
 */
import { certificateContents } from '../applications/jpki/certificate-contents.ts'
import type { JpkiSession } from '../applications/jpki/jpki-session.ts'
import { base64, fromBase64 } from '../base/base64.ts'
import type { FailureCode } from '../base/failures/catalogue.ts'
import { askNewPin } from './new-pin.ts'
import { readPins } from './pins.ts'
import type { ScriptAsk, ScriptEnding } from './script-line.ts'
import { type FoundCard, knownCard } from './steps/find-card.ts'
import { readExpiry } from './steps/guessable.ts'
import { provePin } from './steps/prove-pin.ts'
import { failureOfAnswer } from './steps/refusal.ts'
import { failureOfReset } from './steps/reset-refusal.ts'
import { signChallenge } from './steps/sign-challenge.ts'
import { type Ending, failed, type Procedure, type Terminal } from './terminal.ts'

type ResetPin = 'sign' | 'auth'
type ResetOrder = Extract<ScriptAsk, { procedure: 'pinReset' }>
const PROVES: Readonly<Record<ResetPin, ResetPin>> = { sign: 'auth', auth: 'sign' }
const STEPS = 3

/** What allows the reset: a reservation that is open, with what is to be signed, or one that this kiosk has used already. */
type Warrant =
  | { readonly kind: 'open'; readonly reservation: string; readonly challenge: Uint8Array }
  | { readonly kind: 'used'; readonly ask: ResetOrder }
  | { readonly kind: 'finished'; readonly ask: ResetOrder }

export const kioskPinReset =
  (pin: ResetPin): Procedure =>
  async (terminal) => {
    const card = await terminal.card()
    terminal.show({ kind: 'keepCard', step: 1, steps: STEPS })
    const found = await knownCard(terminal.backend, card)
    if ('failure' in found) return failed(found.failure)
    const warrant = await warrantFor(terminal, found, pin)
    if ('failure' in warrant) return failed(warrant.failure)
    if (warrant.kind === 'finished') {
      // The card was pulled right after its last write: the PIN is the one that was chosen then.
      return endingOf(await terminal.script.run(card, found.serial, warrant.ask, {}), pin, warrant.ask)
    }

    const read = await card.transaction(async (tx) => ({ pins: await readPins(tx), expiry: await readExpiry(tx) }))
    if (read.kind !== 'ok') return failed(read.kind)
    const { pins, expiry } = read.value
    const proof = pins.find((status) => status.pin === PROVES[pin])
    if (proof === undefined || proof.state === 'missing') return failed('resetNoCertificate')
    if (proof.state === 'blocked') return failed('otherPinBlocked')

    const proven = await provePin(terminal, card, proof, async (jpki) => ({
      signature: warrant.kind === 'open' ? await signChallenge(jpki, PROVES[pin], warrant.challenge) : undefined,
      birth: pin === 'auth' ? await birthOf(jpki) : undefined,
    }))
    if ('failure' in proven) return failed(proven.failure === 'pinBlocked' ? 'otherPinBlocked' : proven.failure)
    const { signature, birth } = proven.value
    const chosen = await askNewPin(terminal, pin, { birth, expiry })

    terminal.show({ kind: 'keepCard', step: 2, steps: STEPS })
    const ask = await used(terminal, found, pin, warrant, signature)
    if ('failure' in ask) return failed(ask.failure)
    terminal.show({ kind: 'keepCard', step: 3, steps: STEPS })
    const ending = await terminal.script.run(card, found.serial, ask, { newPin: async () => chosen })
    return endingOf(ending, pin, ask)
  }

export const signPinReset: Procedure = kioskPinReset('sign')
export const authPinReset: Procedure = kioskPinReset('auth')

async function warrantFor(
  { backend, script }: Terminal,
  { serial }: FoundCard,
  pin: ResetPin,
): Promise<Warrant | { readonly failure: FailureCode }> {
  const known = await backend.call('card', { params: { serial } })
  if (known.kind !== 'ok') return { failure: failureOfAnswer(known) }
  if (known.value.faceAuth) return { failure: 'resetFaceAuthCard' }
  const proof = newest(known.value.certificates.filter(({ kind }) => kind === PROVES[pin]))
  if (proof === undefined) return { failure: 'resetNoCertificate' }
  const found = await backend.call('findReset', { body: { pin, issuer: proof.issuer, serial: proof.serial } })
  if (found.kind === 'ok') {
    const { reservation, challenge } = found.value
    return { kind: 'open', reservation, challenge: fromBase64(challenge) }
  }
  if (found.kind === 'refused' && found.code === 'noReservation') {
    // The last one first: an earlier one may never have been used.
    for (const { ask, finished } of (await script.cut(serial)).toReversed())
      if (ask.procedure === 'pinReset' && ask.pin === pin) return { kind: finished ? 'finished' : 'used', ask }
  }
  return { failure: failureOfReset(found) }
}

/** The 署名用 certificate, open just then, has the birth date in it. */
async function birthOf(jpki: JpkiSession): Promise<string | undefined> {
  const certificate = await jpki.certificate('sign')
  // Behind a digit for the era.
  return certificate.kind === 'read' ? certificateContents(certificate.bytes)?.holder?.birth.slice(1) : undefined
}

/** The one in use, else what is said about the one that was. */
function newest<C extends { readonly state: string; readonly serial: number }>(certificates: readonly C[]) {
  const rank = ({ state }: C) => (state === 'active' ? 2 : state === 'held' ? 1 : 0)
  return [...certificates].sort((a, b) => rank(b) - rank(a) || b.serial - a.serial)[0]
}

/** Uses the reservation up, announced before: after that the order goes on here, whatever happens to this program or the line. */
async function used(
  { backend, script }: Terminal,
  { serial }: FoundCard,
  pin: ResetPin,
  warrant: Exclude<Warrant, { kind: 'finished' }>,
  signature: Uint8Array | undefined,
): Promise<ResetOrder | { readonly failure: FailureCode }> {
  if (warrant.kind === 'used') return warrant.ask
  if (signature === undefined) return { failure: 'resetNoCertificate' }
  const { reservation } = warrant
  const ask: ResetOrder = { procedure: 'pinReset', pin, reservation }
  await script.announce(serial, ask)
  const answered = await backend.call('useReset', { params: { reservation }, body: { signature: base64(signature) } })
  if (answered.kind === 'ok') return ask
  // Where nobody answered it may be used: then the order stays.
  if (answered.kind === 'refused') await script.withdraw(serial, ask)
  return { failure: failureOfReset(answered) }
}

const done = (pin: ResetPin, { reservation }: ResetOrder): Ending => ({
  ...{ kind: 'done', procedure: pin === 'sign' ? 'signPinReset' : 'authPinReset' },
  ...(reservation === undefined ? {} : { reference: reservation }),
})

function endingOf(ending: ScriptEnding, pin: ResetPin, ask: ResetOrder): Ending {
  if (ending.kind === 'failed') return failed(ending.failure)
  if (ending.kind === 'refused') return failed(failureOfReset(ending))
  return done(pin, ask)
}
