/** Every procedure at a counter, in the browser: PINs looked at, changed and set anew. */
import { COUNTER_WELL } from './every-procedure-counter.ts'
import { play } from './every-procedure-stage.ts'

play(COUNTER_WELL)
