/** A PIN written by the host, with the journal around it: announced before, settled when the card has said yes. */
import type { AroundWrite } from '../../applications/pin/change-pin.ts'
import type { PinName, ProcedureName } from '../../wire/view.ts'
import type { HolderCard } from '../holder-card.ts'

/** How the journal calls the write of a PIN in one place. */
export const pinWrite = (pin: PinName, place: string): string => `pin.${pin}.${place}`

/** A write that is cut stays announced: whether the card carried it out is not known. */
export const journalled =
  (card: HolderCard, procedure: ProcedureName, pin: PinName): AroundWrite =>
  async ({ application }, write) => {
    const intended = await card.intend(procedure, pinWrite(pin, application))
    const result = await write()
    if (result.kind === 'changed') await intended.settle('done')
    return result
  }
