/** Every procedure at a kiosk, in the browser: in a town and alone, on three panels, as it goes well and as it does not. */
import { play } from './stage.ts'
import { STORIES } from './stories.ts'

play(STORIES.kiosk)
