/**
 * In the phone app: the reservation of a PIN reset at a kiosk (F21–F24). The app branches by the PIN that is still known; that PIN, the card
 * and the live face together open a reservation for 24 hours and one use.
 */
import { JpkiSession } from '../applications/jpki/jpki-session.ts'
import { VisualSession } from '../applications/visual/visual-session.ts'
import { base64, fromBase64 } from '../base/base64.ts'
import type { FailureCode } from '../base/failures/catalogue.ts'
import type { FaceComparison } from '../wire/backend-resets.ts'
import type { FaceDesk } from './face-check.ts'
import type { HolderCard } from './holder-card.ts'
import { readPins } from './pins.ts'
import { nameOf } from './steps/find-card.ts'
import { provePin } from './steps/prove-pin.ts'
import { failureOfReset } from './steps/reset-refusal.ts'
import { signChallenge } from './steps/sign-challenge.ts'
import { failed, type Procedure, type Terminal } from './terminal.ts'

type ResetPin = 'sign' | 'auth'
const PROVES: Readonly<Record<ResetPin, ResetPin>> = { sign: 'auth', auth: 'sign' }

interface Signed {
  readonly reservation: string
  readonly signature: Uint8Array
}
type Failed = { readonly failure: FailureCode }

const reserveReset =
  (pin: ResetPin): Procedure =>
  async (terminal) => {
    const { face, backend } = terminal
    if (face === undefined) return failed('faceCheckAway')
    await terminal.ask({ kind: 'explainReset', pin: PROVES[pin] })
    const card = await terminal.card()
    const signed = await prove(terminal, card, pin)
    if ('failure' in signed) return failed(signed.failure)
    const comparison = await compareFaces(terminal, card, face)
    if ('failure' in comparison) return failed(comparison.failure)
    const { reservation, signature } = signed
    const body = { signature: base64(signature), face: comparison }
    const opened = await backend.call('openReset', { params: { reservation }, body })
    // It could not be told: what the backend does with that is its record, and the person tries again.
    if (comparison.unclear) return failed('faceCheckAway')
    if (opened.kind !== 'ok') return failed(failureOfReset(opened))
    const procedure = pin === 'sign' ? 'reserveSignReset' : 'reserveAuthReset'
    return { kind: 'done', procedure, reference: reservation, until: opened.value.expiresAt }
  }

export const reserveSignReset: Procedure = reserveReset('sign')
export const reserveAuthReset: Procedure = reserveReset('auth')

/**
 * Asks for the reservation and has the card sign what comes. The 利用者証明用 certificate is free to read: whom a kiosk cannot help hears it
 * before any PIN; the 署名用 one is behind its PIN.
 */
async function prove(terminal: Terminal, card: HolderCard, pin: ResetPin): Promise<Signed | Failed> {
  const proof = PROVES[pin]
  const read = await card.transaction(async (tx) => ({
    pins: await readPins(tx),
    present: await (await JpkiSession.open(tx)).certificatesPresent(),
  }))
  if (read.kind !== 'ok') return { failure: read.kind }
  const { pins, present } = read.value
  const status = pins.find((one) => one.pin === proof)
  if (status === undefined || status.state === 'missing' || present?.[proof] === false)
    return { failure: 'resetNoCertificate' }
  const before =
    proof === 'auth' ? await card.transaction(async (tx) => ask(terminal, await JpkiSession.open(tx), pin)) : undefined
  if (before !== undefined && before.kind !== 'ok') return { failure: before.kind }
  const known = before?.value
  if (known !== undefined && 'failure' in known) return known
  // After what the backend says: the PIN of a face-authentication card is blocked for good, and nobody forgot it (F18).
  if (status.state === 'blocked') return { failure: 'otherPinBlocked' }
  const proven = await provePin(terminal, card, status, async (jpki): Promise<Signed | Failed> => {
    const asked = known ?? (await ask(terminal, jpki, pin))
    if ('failure' in asked) return asked
    const signature = await signChallenge(jpki, proof, asked.challenge)
    return signature === undefined ? { failure: 'resetNoCertificate' } : { reservation: asked.reservation, signature }
  })
  if ('failure' in proven) return { failure: proven.failure === 'pinBlocked' ? 'otherPinBlocked' : proven.failure }
  return proven.value
}

async function ask(
  { backend }: Terminal,
  jpki: JpkiSession,
  pin: ResetPin,
): Promise<{ readonly reservation: string; readonly challenge: Uint8Array } | Failed> {
  const certificate = await jpki.certificate(PROVES[pin])
  if (certificate.kind !== 'read') return { failure: 'certificateMissing' }
  const name = await nameOf(backend, certificate.bytes)
  if (name.kind !== 'ok') return { failure: failureOfReset(name) }
  const asked = await backend.call('askReset', { body: { pin, ...name.value } })
  if (asked.kind !== 'ok') return { failure: failureOfReset(asked) }
  return { reservation: asked.value.reservation, challenge: fromBase64(asked.value.challenge) }
}

/** The photo of the chip, opened with what is printed on the card, put beside the live face. */
async function compareFaces(terminal: Terminal, card: HolderCard, face: FaceDesk): Promise<FaceComparison | Failed> {
  const read = await chipPhoto(terminal, card)
  if ('failure' in read) return read
  const { photo } = read
  try {
    const live = await terminal.askPin({ kind: 'takePortrait' })
    terminal.show({ kind: 'comparing', how: face.how })
    return (await live.use((picture) => face.compare(photo, picture))) ?? { failure: 'faceCheckAway' }
  } finally {
    photo.fill(0)
  }
}

async function chipPhoto(terminal: Terminal, card: HolderCard): Promise<{ readonly photo: Uint8Array } | Failed> {
  for (let wrong = false; ; wrong = true) {
    const entry = await terminal.askPin({ kind: 'enterCardFace', ...(wrong && { problem: 'wrong' as const }) })
    const read = await card.transaction(async (tx) => {
      const visual = await VisualSession.open(tx)
      const verified = await visual.verify('codeB', entry, 'ask')
      return verified.kind === 'verified' ? await visual.face() : verified
    })
    if (read.kind !== 'ok') return { failure: read.kind }
    const { value } = read
    // The last try is for the counter: nobody risks it for a photo.
    if (value.kind === 'blocked' || value.kind === 'lastTry') return { failure: 'codeBBlocked' }
    if (value.kind === 'wrongPin' || value.kind === 'notAllowed') continue
    return value.kind === 'read' ? { photo: value.value.photo } : { failure: 'faceCheckAway' }
  }
}
