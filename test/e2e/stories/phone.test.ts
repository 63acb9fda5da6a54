/** Both reservations in the app, in the browser: made on three phones, and every way they are not. */
import { play } from './stage.ts'
import { STORIES } from './stories.ts'

play(STORIES.phone)
