/** Cells of a PIN reference: value, tries left, limit. A reference that nobody has set has no value and takes no tries. */
import { ascii } from '../../../src/base/bytes.ts'
import { type CardPlan, type Cells, type PinName, TRY_LIMITS } from '../card-plan.ts'

export function pinCells({ pins }: CardPlan, ef: string, name: PinName): Cells {
  const { value, tries } = pins[name]
  const cells: Cells = { [`${ef}.limit`]: Uint8Array.of(TRY_LIMITS[name]), [`${ef}.tries`]: Uint8Array.of(tries) }
  if (value !== null) cells[`${ef}.pin`] = ascii(value)
  return cells
}
