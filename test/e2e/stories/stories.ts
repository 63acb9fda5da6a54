/** All of them, by the test file that plays them: two cores play two files at a time. */

import { COUNTER_WELL } from './counter.ts'
import { COUNTER_RESETS } from './counter-resets.ts'
import { COUNTER_STOPS } from './counter-stops.ts'
import { DELIVERIES } from './delivery.ts'
import { KIOSK_WELL } from './kiosk.ts'
import { KIOSK_RESETS } from './kiosk-resets.ts'
import { KIOSK_STOPS } from './kiosk-stops.ts'
import { RESERVATIONS } from './phone.ts'
import { AT_SITE } from './site.ts'
import type { Story } from './story.ts'

export const STORIES = {
  counter: [...COUNTER_WELL, ...COUNTER_STOPS, ...COUNTER_RESETS],
  delivery: [...DELIVERIES, ...AT_SITE],
  kiosk: [...KIOSK_WELL, ...KIOSK_STOPS, ...KIOSK_RESETS],
  phone: RESERVATIONS,
} as const satisfies Readonly<Record<string, readonly Story[]>>
