/** Changing a PIN one knows (facts 3.3): VERIFY the present one, then the new value alone. */
import type { Secret } from '../../base/secret.ts'
import { CardFault } from '../../card/card-failure.ts'
import { command } from '../../card/command.ts'
import { SW } from '../../card/status-word.ts'
import type { Channel } from '../../card/transaction-hold.ts'
import { labelOf } from '../file/select-file.ts'
import { asTyped } from './pin-format.ts'
import { type LastTry, type PinRef, problemOf, type Verified, verifyPin } from './verify-pin.ts'

export type Changed =
  | { readonly kind: 'changed' }
  | Exclude<Verified, { kind: 'verified' }>
  /** Nothing was sent: the new value is not of the PIN's form. */
  | { readonly kind: 'newNotAllowed' }
  | { readonly kind: 'newExpired' }

/** CHANGE REFERENCE DATA of ISO, or CHANGE KEY of JICSAP. */
export type ChangeCommand = 'changeReferenceData' | 'changeKey'
const HEADER = { changeReferenceData: [0x00, 0x24, 0x01], changeKey: [0x80, 0x32, 0x00] } as const
const CURRENT_EF = 0x80

/** Spends at most one try. The new value is looked at before the card is. */
export async function changePin(
  channel: Channel,
  pin: PinRef,
  how: ChangeCommand,
  { current, next, lastTry, around = plain }: PinChange,
): Promise<Changed> {
  const hindrance = newPinHindrance(pin, next)
  if (hindrance !== undefined) return hindrance
  const verified = await verifyPin(channel, pin, current, lastTry)
  if (verified.kind !== 'verified') return verified
  return await next.use((typed) => around(pin, () => sendNewPin(channel, pin, how, typed)))
}

export interface PinChange {
  readonly current: Secret
  readonly next: Secret
  readonly lastTry: LastTry
  readonly around?: AroundWrite
}

/** Wraps a write, for whoever keeps a journal of them; `changed` is the one result that says it was done. */
export type AroundWrite = <T extends { readonly kind: string }>(pin: PinRef, write: () => Promise<T>) => Promise<T>
export const plain: AroundWrite = (_, write) => write()

export function newPinHindrance(pin: PinRef, next: Secret): { kind: 'newExpired' | 'newNotAllowed' } | undefined {
  if (next.state === 'expired') return { kind: 'newExpired' }
  return problemOf(pin.format, next) === undefined ? undefined : { kind: 'newNotAllowed' }
}

/** The change itself; the PIN is the current EF and verified. */
export async function sendNewPin(
  channel: Channel,
  pin: PinRef,
  how: ChangeCommand,
  typed: Uint8Array,
): Promise<{ readonly kind: 'changed' }> {
  const [cla, ins, p1] = HEADER[how]
  const label = labelOf('change', pin)
  const data = asTyped(typed)
  try {
    const { sw } = await channel.send(label, command(cla, ins, p1, CURRENT_EF, { data }))
    if (sw !== SW.OK) throw new CardFault({ kind: 'refused', label, sw })
    return { kind: 'changed' }
  } finally {
    data.fill(0)
  }
}
