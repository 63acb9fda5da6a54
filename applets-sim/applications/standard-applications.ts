/** The applications of the card in the order in which a partial SELECT meets them. */
import { FileApplication } from '../os/file-application.ts'
import { CARD_MANAGER } from './card-manager.ts'
import { COMMON } from './common.ts'
import { JPKI } from './jpki.ts'
import { JUKI } from './juki.ts'
import { LICENCE } from './licence.ts'
import { TEXT } from './text.ts'
import { VISUAL } from './visual.ts'

export const cardManager = new FileApplication(CARD_MANAGER)

/** File-system applications; which of them one card has, its image says. */
export const STANDARD_APPLICATIONS: readonly FileApplication[] = [COMMON, JUKI, VISUAL, TEXT, JPKI, LICENCE].map(
  (layout) => new FileApplication(layout),
)
