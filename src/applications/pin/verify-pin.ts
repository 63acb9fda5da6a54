/**
 * VERIFY and the counter before it (facts 3.2). The rules that spare a citizen's tries stand here and nowhere else: the counter
 * is read first, a blocked PIN is never presented, the last try needs an explicit yes, a PIN that cannot be right is not
 * sent, and one call sends at most one VERIFY.
 */
import { Secret } from '../../base/secret.ts'
import { CardFault } from '../../card/card-failure.ts'
import { command, type Response } from '../../card/command.ts'
import { ReaderError } from '../../card/ports.ts'
import { SW } from '../../card/status-word.ts'
import type { Channel, Transaction } from '../../card/transaction-hold.ts'
import { type FileRef, labelOf, selectFile } from '../file/select-file.ts'
import { asTyped, type PinFormat, type PinProblem, pinProblem } from './pin-format.ts'

export interface PinRef extends FileRef {
  readonly format: PinFormat
}

export type PinStatus =
  | { readonly kind: 'open'; readonly triesLeft: number }
  | { readonly kind: 'unlimited' }
  | { readonly kind: 'blocked' }
  /** The card has no such reference. */
  | { readonly kind: 'missing' }

export type Verified =
  | { readonly kind: 'verified' }
  /** One try is spent. */
  | { readonly kind: 'wrongPin'; readonly triesLeft: number | 'unlimited' }
  /** Nothing helps but setting it again. `byThisTry`: it was this wrong PIN that blocked it. */
  | { readonly kind: 'blocked'; readonly byThisTry: boolean }
  | { readonly kind: 'missing' }
  /** Nothing was sent: one try is left and nobody has agreed to risk it. The PIN is still good for a second call. */
  | { readonly kind: 'lastTry' }
  /** Nothing was sent: no PIN of this kind looks like that. */
  | { readonly kind: 'notAllowed'; readonly problem: PinProblem }
  /** Nothing was sent: the entry is too old, or was withdrawn. */
  | { readonly kind: 'expired' }

/** `'agreed'` when the person was told that one try is left, and wants to go on. */
export type LastTry = 'agreed' | 'ask'

/** A PIN that was typed, or the reader's own keypad. */
export type PinEntry = Secret | { readonly keypad: { readonly timeoutSeconds: number } }

const VERIFY = 0x20
const CURRENT_EF = 0x80
const KEYPAD = { timeout: 0x6400, cancelled: 0x6401, length: 0x6403 } as const

/** Reading the counter never spends a try: VERIFY without data. */
export async function pinStatus(channel: Channel, pin: PinRef): Promise<PinStatus> {
  if (!(await selectFile(channel, pin))) return { kind: 'missing' }
  const label = labelOf('query', pin)
  const { sw } = await channel.send(label, command(0x00, VERIFY, 0x00, CURRENT_EF))
  if ((sw & 0xfff0) === SW.TRIES_LEFT) {
    const triesLeft = sw & 0x0f
    return triesLeft === 0 ? { kind: 'blocked' } : { kind: 'open', triesLeft }
  }
  if (sw === SW.VERIFICATION_FAILED) return { kind: 'unlimited' }
  // 6984 is what this card says, 6983 what ISO says (facts 10).
  if (sw === SW.REFERENCE_LOCKED || sw === SW.METHOD_BLOCKED) return { kind: 'blocked' }
  if (sw === SW.REFERENCE_NOT_FOUND) return { kind: 'missing' }
  throw new CardFault({ kind: 'refused', label, sw })
}

/** As the entry came: typed here, or to be typed at the reader. */
export const verifyEntry = (tx: Transaction, pin: PinRef, entry: PinEntry, lastTry: LastTry): Promise<Verified> =>
  entry instanceof Secret
    ? verifyPin(tx, pin, entry, lastTry)
    : verifyAtKeypad(tx, pin, entry.keypad.timeoutSeconds, lastTry)

const isExpired = (entry: Secret): boolean => entry.state === 'expired'

/** At most one VERIFY, at most one try. */
export async function verifyPin(channel: Channel, pin: PinRef, entry: Secret, lastTry: LastTry): Promise<Verified> {
  if (isExpired(entry)) return { kind: 'expired' }
  const problem = problemOf(pin.format, entry)
  if (problem !== undefined) return { kind: 'notAllowed', problem }
  const hindrance = await hindranceOf(channel, pin, lastTry)
  if (hindrance !== undefined) return hindrance
  if (isExpired(entry)) return { kind: 'expired' }
  return await entry.use((typed) => presentPin(channel, pin, typed))
}

/** The same, typed at the reader. */
export async function verifyAtKeypad(
  tx: Transaction,
  pin: PinRef,
  timeoutSeconds: number,
  lastTry: LastTry,
): Promise<Verified> {
  const hindrance = await hindranceOf(tx, pin, lastTry)
  if (hindrance !== undefined) return hindrance
  const { minLength, maxLength } = pin.format
  const header = Uint8Array.of(0x00, VERIFY, 0x00, CURRENT_EF)
  const label = labelOf('VERIFY', pin)
  const response = await tx.verifyOnPinPad(label, { header, minLength, maxLength, timeoutSeconds })
  // What the reader says itself (PC/SC part 10, 2.5.3): the card was sent nothing.
  if (response.sw === KEYPAD.timeout) return { kind: 'expired' }
  if (response.sw === KEYPAD.cancelled) throw new ReaderError({ kind: 'cancelled' })
  if (response.sw === KEYPAD.length) return { kind: 'notAllowed', problem: 'length' }
  return meaning(label, response)
}

/** Why this entry can be no PIN of the format; the entry is not used by it. */
export function problemOf(format: PinFormat, entry: Secret): PinProblem | undefined {
  let problem: PinProblem | undefined
  entry.test((typed) => {
    const pin = asTyped(typed)
    problem = pinProblem(format, pin)
    pin.fill(0)
    return problem === undefined
  })
  return problem
}

async function hindranceOf(channel: Channel, pin: PinRef, lastTry: LastTry): Promise<Verified | undefined> {
  const status = await pinStatus(channel, pin)
  if (status.kind === 'missing') return status
  if (status.kind === 'blocked') return { kind: 'blocked', byThisTry: false }
  if (status.kind === 'open' && status.triesLeft === 1 && lastTry !== 'agreed') return { kind: 'lastTry' }
  return undefined
}

/** Sends the one VERIFY for the current EF. What was typed is brought into the card's form first. */
export async function presentPin(channel: Channel, pin: PinRef, typed: Uint8Array): Promise<Verified> {
  const label = labelOf('VERIFY', pin)
  const data = asTyped(typed)
  try {
    return meaning(label, await channel.send(label, command(0x00, VERIFY, 0x00, CURRENT_EF, { data })))
  } finally {
    data.fill(0)
  }
}

function meaning(label: string, { sw }: Response): Verified {
  if (sw === SW.OK) return { kind: 'verified' }
  if (sw === SW.TRIES_LEFT) return { kind: 'blocked', byThisTry: true }
  if ((sw & 0xfff0) === SW.TRIES_LEFT) return { kind: 'wrongPin', triesLeft: sw & 0x0f }
  if (sw === SW.VERIFICATION_FAILED) return { kind: 'wrongPin', triesLeft: 'unlimited' }
  if (sw === SW.REFERENCE_LOCKED || sw === SW.METHOD_BLOCKED) return { kind: 'blocked', byThisTry: false }
  throw new CardFault({ kind: 'refused', label, sw })
}
