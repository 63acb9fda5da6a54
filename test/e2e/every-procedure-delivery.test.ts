/** A card prepared and handed over in the browser, or not: at a counter, and where nobody attends. */
import { play } from './every-procedure-stage.ts'
import { STORIES } from './every-procedure-stories.ts'

play(STORIES.delivery)
