/** Every procedure at a kiosk, in the browser: in a town and alone, on three panels, as it goes well and as it does not. */
import { KIOSK_WELL } from './every-procedure-kiosk.ts'
import { KIOSK_RESETS } from './every-procedure-kiosk-resets.ts'
import { KIOSK_STOPS } from './every-procedure-kiosk-stops.ts'
import { play } from './every-procedure-stage.ts'

play([...KIOSK_WELL, ...KIOSK_STOPS, ...KIOSK_RESETS])
