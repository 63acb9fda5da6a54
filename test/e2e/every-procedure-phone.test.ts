/** Both reservations in the app, in the browser: made on three phones, and every way they are not. */
import { play } from './every-procedure-stage.ts'
import { STORIES } from './every-procedure-stories.ts'

play(STORIES.phone)
