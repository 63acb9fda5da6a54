/** How long a certificate about to be issued is valid (facts 5.6): rules of `pki/validity.ts` with what the holder has now. */
import {
  authCertificateExpiry,
  type CalendarDate,
  type CertificateValidity,
  dateInJapan,
  endOfDay,
  signCertificateExpiry,
  type ValidityRules,
} from '../../pki/validity.ts'
import { Refusal } from '../refusal.ts'
import type { Reads } from '../store/store.ts'
import type { CertificateKind } from './kinds.ts'
import type { Order } from './order.ts'

/** notAfter in epoch milliseconds, by the rules of the authority that issues. Throws `expiredCard` or `notEntitled`. */
export async function expiryOf(store: Reads, order: Order, now: number, rules: ValidityRules): Promise<number> {
  const issued = dateInJapan(now)
  const own = await expiryOfCurrent(store, order.holder, order.kind)
  const renews = own === undefined ? {} : { renews: { expiry: own, abroad: order.abroad } }
  const validity = { issued, birth: order.birth, cardExpiry: order.cardExpiry, ...renews }
  const last = await lastDay(store, order, validity, rules)
  if (last < issued) throw new Refusal('expiredCard')
  return endOfDay(last)
}

async function lastDay(
  store: Reads,
  { kind, holder }: Order,
  validity: CertificateValidity,
  rules: ValidityRules,
): Promise<CalendarDate> {
  switch (kind) {
    case 'auth':
      return authCertificateExpiry(validity, rules)
    case 'sign':
      return signCertificateExpiry(validity, await expiryOfCurrent(store, holder, 'auth'), rules)
    // The phone takes over the expiry of the card's certificate, so there must be one (facts 6.3).
    case 'phoneSign':
    case 'phoneAuth': {
      const onCard = await expiryOfCurrent(store, holder, kind === 'phoneSign' ? 'sign' : 'auth')
      if (onCard === undefined) throw new Refusal('notEntitled', 'the card has no such certificate')
      return onCard
    }
  }
}

async function expiryOfCurrent(store: Reads, holder: string, kind: CertificateKind): Promise<CalendarDate | undefined> {
  const row = await store.get<{ not_after: number }>(
    "SELECT not_after FROM cert WHERE holder = ? AND kind = ? AND state = 'active'",
    holder,
    kind,
  )
  return row === undefined ? undefined : dateInJapan(row.not_after)
}
