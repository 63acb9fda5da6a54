/** Every procedure at a counter, in the browser: a card prepared and handed over, or not. */
import { DELIVERIES } from './every-procedure-delivery.ts'
import { play } from './every-procedure-stage.ts'

play(DELIVERIES)
