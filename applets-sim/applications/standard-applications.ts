/** The applications of the card in the order in which a partial SELECT meets them. */
import { startsWith } from '../../src/base/bytes.ts'
import type { ApplicationDirectory, CardApplication } from '../os/application.ts'
import { FileApplication } from '../os/file-session.ts'
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

/** The card manager and some applications, fixed for the life of the card. */
export function fixedDirectory(applications: readonly CardApplication[]): ApplicationDirectory {
  const all: readonly CardApplication[] = [cardManager, ...applications]
  return {
    initial: cardManager,
    find: (name, after) =>
      all.slice(after === undefined ? 0 : all.indexOf(after) + 1).find(({ aid }) => startsWith(aid, name)),
  }
}
