/** Every procedure at a counter, in the browser: PINs looked at, changed and set anew, or not. */
import { play } from './every-procedure-stage.ts'
import { STORIES } from './every-procedure-stories.ts'

play(STORIES.counter)
