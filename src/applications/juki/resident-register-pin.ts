/**
 * The 住民基本台帳用暗証番号 is one PIN to its holder and two references on the card, in the 共通カードAP and in the 住基AP
 * (facts 2.3, 3.3). Both are proven right before either is changed, so that a wrong entry spends one try of one of them and
 * changes nothing.
 */

import type { Secret } from '../../base/secret.ts'
import { CardFault } from '../../card/card-failure.ts'
import type { Transaction } from '../../card/transaction-hold.ts'
import { enter } from '../application.ts'
import { COMMON_PIN } from '../common/common-session.ts'
import {
  type AroundWrite,
  type Changed,
  newPinHindrance,
  type PinChange,
  plain,
  sendNewPin,
} from '../pin/change-pin.ts'
import {
  type LastTry,
  type PinRef,
  type PinStatus,
  pinStatus,
  presentPin,
  problemOf,
  type Verified,
  verifyPin,
} from '../pin/verify-pin.ts'
import { JUKI_PIN } from './juki-session.ts'

/** The two references, in the order they are proven. */
const HALVES = [COMMON_PIN, JUKI_PIN] as const
const REFERENCES = { juki: JUKI_PIN, common: COMMON_PIN } as const

/** The smaller of both counts is what a person has left. */
export async function residentRegisterPinStatus(tx: Transaction) {
  let lowest: Awaited<ReturnType<typeof pinStatus>> | undefined
  for (const half of HALVES) {
    await enter(tx, half.application as 'common' | 'juki')
    const status = await pinStatus(tx, half)
    if (status.kind !== 'open') return status
    if (lowest?.kind !== 'open' || status.triesLeft < lowest.triesLeft) lowest = status
  }
  return lowest as NonNullable<typeof lowest>
}

export type RegisterPinChanged =
  | Changed
  /** The 住基AP has the new PIN, the 共通カードAP refused it and keeps the old one. */
  | { readonly kind: 'halfChanged' }

export async function changeResidentRegisterPin(tx: Transaction, change: PinChange): Promise<RegisterPinChanged> {
  const { current, next, lastTry } = change
  const hindrance = newPinHindrance(COMMON_PIN, next)
  if (hindrance !== undefined) return hindrance
  if (current.state === 'expired') return { kind: 'expired' }
  const problem = problemOf(COMMON_PIN.format, current)
  if (problem !== undefined) return { kind: 'notAllowed', problem }
  const refused = await anyHindrance(tx, lastTry)
  if (refused !== undefined) return refused
  return await current.use(async (old) => {
    // Each is proven before either is changed. After a wrong entry the new PIN is there still: nobody chooses it twice.
    const proven = await prove(tx, COMMON_PIN, old)
    if (proven.kind !== 'verified') return proven
    return await next.use((fresh) => writeBoth(tx, { juki: old, common: old }, fresh, change.around ?? plain))
  })
}

async function anyHindrance(
  tx: Transaction,
  lastTry: LastTry,
): Promise<Exclude<Verified, { kind: 'verified' }> | undefined> {
  const status = await residentRegisterPinStatus(tx)
  if (status.kind === 'missing') return status
  if (status.kind === 'blocked') return { kind: 'blocked', byThisTry: false }
  return status.kind === 'open' && status.triesLeft === 1 && lastTry !== 'agreed' ? { kind: 'lastTry' } : undefined
}

/** The two halves of a PIN that was changed in one place and not in the other, each with the PIN it has. */
export interface Mending {
  readonly juki: Secret
  readonly common: Secret
  readonly next: Secret
  readonly around?: AroundWrite
}

export type Half = 'juki' | 'common'

/** One half alone: is this its PIN? At most one try, of this half. */
export async function verifyHalf(tx: Transaction, half: Half, entry: Secret, lastTry: LastTry): Promise<Verified> {
  await enter(tx, half)
  return await verifyPin(tx, REFERENCES[half], entry, lastTry)
}

/** Tries left of each half. */
export async function statusOfHalves(tx: Transaction): Promise<Readonly<Record<Half, PinStatus>>> {
  const status = async (half: Half) => {
    await enter(tx, half)
    return await pinStatus(tx, REFERENCES[half])
  }
  return { common: await status('common'), juki: await status('juki') }
}

/** Both halves get the new PIN, after `verifyHalf` found each of theirs right. */
export async function mendResidentRegisterPin(
  tx: Transaction,
  { juki, common, next, around = plain }: Mending,
): Promise<RegisterPinChanged> {
  const hindrance = newPinHindrance(COMMON_PIN, next)
  if (hindrance !== undefined) return hindrance
  return await juki.use((ofJuki) =>
    common.use((ofCommon) => next.use((fresh) => writeBoth(tx, { juki: ofJuki, common: ofCommon }, fresh, around))),
  )
}

/** The second half is announced before the first is written: what is open afterwards says how far it came. */
async function writeBoth(
  tx: Transaction,
  olds: Readonly<Record<Half, Uint8Array>>,
  fresh: Uint8Array,
  around: AroundWrite,
): Promise<RegisterPinChanged> {
  const proven = await prove(tx, JUKI_PIN, olds.juki)
  if (proven.kind !== 'verified') return proven
  return await around(COMMON_PIN, async (): Promise<RegisterPinChanged> => {
    await around(JUKI_PIN, () => sendNewPin(tx, JUKI_PIN, 'changeKey', fresh))
    const again = await prove(tx, COMMON_PIN, olds.common)
    if (again.kind !== 'verified') return { kind: 'halfChanged' }
    try {
      return await sendNewPin(tx, COMMON_PIN, 'changeKey', fresh)
    } catch (error) {
      if (error instanceof CardFault) return { kind: 'halfChanged' }
      throw error
    }
  })
}

async function prove(tx: Transaction, half: PinRef, old: Uint8Array): Promise<Verified> {
  await enter(tx, half.application as 'common' | 'juki')
  await pinStatus(tx, half)
  return await presentPin(tx, half, old)
}
