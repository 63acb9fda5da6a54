/** Why a kiosk cannot reset a PIN and the counter must (F22b): said early, before any PIN is asked, and by name. */
import { REASON } from '../../pki/reason.ts'
import type { ResetReason } from '../../wire/backend-resets.ts'
import type { CertRow } from '../ca/states.ts'
import { cardBySerial } from '../cards/card-states.ts'
import { Refusal } from '../refusal.ts'
import type { Reads } from '../store/store.ts'

/** Which PIN is to be reset; the other key proves the person. */
export type ResetPin = 'sign' | 'auth'
const PROVES: Readonly<Record<ResetPin, 'auth' | 'sign'>> = { sign: 'auth', auth: 'sign' }

/** `cert` is the one that proves the person. Undefined: a kiosk can help. */
export async function refusalFor(
  store: Reads,
  cert: CertRow,
  pin: ResetPin,
  now: number,
): Promise<Refusal | undefined> {
  const reason = await reasonFor(store, cert, pin, now)
  return reason && new Refusal('resetAtCounter', reason)
}

async function reasonFor(store: Reads, cert: CertRow, pin: ResetPin, now: number): Promise<ResetReason | undefined> {
  if (cert.kind !== PROVES[pin]) return 'otherCertificateNeeded'
  const card = await cardBySerial(store, cert.card)
  if (card.face_auth === 1) return 'faceAuthCard'
  if (card.state !== 'delivered') return 'cardNotDelivered'
  // The certificate whose PIN is to be reset: the newest that was ever on this card.
  const own = await store.get<CertRow>(
    'SELECT * FROM cert WHERE card = ? AND kind = ? AND active_at IS NOT NULL ORDER BY active_at DESC, id DESC LIMIT 1',
    cert.card,
    pin,
  )
  return faultOf(cert, now) ?? (own === undefined ? 'noCertificateToReset' : faultOf(own, now))
}

function faultOf({ state, reason, not_after }: CertRow, now: number): ResetReason | undefined {
  switch (state) {
    case 'active':
      return not_after < now ? 'certificateExpired' : undefined
    case 'held':
      return 'certificateHeld'
    case 'revoked':
      return reason === REASON.affiliationChanged ? 'attributesChanged' : 'certificateRevoked'
    case 'reserved':
    case 'signed':
    case 'void':
      return 'certificateRevoked'
  }
}
