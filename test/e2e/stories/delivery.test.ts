/** A card prepared and handed over in the browser, or not: at a counter, and where nobody attends. */
import { play } from './stage.ts'
import { STORIES } from './stories.ts'

play(STORIES.delivery)
