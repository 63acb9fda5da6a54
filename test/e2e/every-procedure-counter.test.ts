/** Every procedure at a counter, in the browser: PINs looked at, changed and set anew, or not. */
import { COUNTER_WELL } from './every-procedure-counter.ts'
import { COUNTER_RESETS } from './every-procedure-resets.ts'
import { play } from './every-procedure-stage.ts'
import { COUNTER_STOPS } from './every-procedure-stops.ts'

play([...COUNTER_WELL, ...COUNTER_STOPS, ...COUNTER_RESETS])
