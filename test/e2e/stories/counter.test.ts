/** Every procedure at a counter, in the browser: PINs looked at, changed and set anew, or not. */
import { play } from './stage.ts'
import { STORIES } from './stories.ts'

play(STORIES.counter)
