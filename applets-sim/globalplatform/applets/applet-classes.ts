/** The applet classes this chip can run. AIDs begin with F: nobody has registered them (ISO/IEC 7816-4:2020, 12.2.3). */
import { fromHex } from '../../../src/base/hex.ts'
import type { AppletClass } from '../applet.ts'
import { recordCard } from './record-card.ts'

/** 図書館利用者カード: the user number is for every reader, what is lent is not. */
export const LIBRARY_CARD = recordCard({
  package: fromHex('F04D444701'),
  module: fromHex('F04D44470101'),
  freeRecords: [1],
})

/** 公務員身分証 (requirement F29): nothing without the PIN. */
export const STAFF_CARD = recordCard({
  package: fromHex('F04D444702'),
  module: fromHex('F04D44470201'),
  freeRecords: [],
})

export const APPLET_CLASSES: readonly AppletClass[] = [LIBRARY_CARD, STAFF_CARD]
