/** All of them, by the test file that plays them: two cores play two files at a time. */
import type { Story } from './every-procedure.ts'
import { COUNTER_WELL } from './every-procedure-counter.ts'
import { DELIVERIES } from './every-procedure-delivery.ts'
import { KIOSK_WELL } from './every-procedure-kiosk.ts'
import { KIOSK_RESETS } from './every-procedure-kiosk-resets.ts'
import { KIOSK_STOPS } from './every-procedure-kiosk-stops.ts'
import { RESERVATIONS } from './every-procedure-phone.ts'
import { COUNTER_RESETS } from './every-procedure-resets.ts'
import { AT_SITE } from './every-procedure-site.ts'
import { COUNTER_STOPS } from './every-procedure-stops.ts'

export const STORIES = {
  counter: [...COUNTER_WELL, ...COUNTER_STOPS, ...COUNTER_RESETS],
  delivery: [...DELIVERIES, ...AT_SITE],
  kiosk: [...KIOSK_WELL, ...KIOSK_STOPS, ...KIOSK_RESETS],
  phone: RESERVATIONS,
} as const satisfies Readonly<Record<string, readonly Story[]>>
