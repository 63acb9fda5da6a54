/** The staff cards of the invented town, PIN 1234: its backend knows their keys (`prepareTown`, `madoguchi backend --demo`). */
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import type { CardImage } from '../../applets-sim/image.ts'
import type { Clock } from '../../src/base/clock.ts'
import { DEMO_STAFF } from '../backend/demo.ts'
import type { CardWords } from './specimens.ts'

export interface StaffCard {
  /** The operator's id. */
  readonly name: string
  readonly words: CardWords
  image(clock: Clock): Promise<CardImage>
}

export const STAFF_CARDS: readonly StaffCard[] = DEMO_STAFF.map(({ operator, name, cardSerial: serial }) => {
  const short = name.replace('　', ' ')
  return {
    name: operator,
    words: { ja: [short, '職員証'], en: [short, 'Staff card'] },
    image: (clock) => makeCardImage('resident', { serial, holder: { name } }, { clock }),
  }
})
