/** 暗証番号の状態: which PINs are on the card and how many tries each has left. Reads only, spends no try. */
import { readPins } from './pins.ts'
import { failed, type Procedure } from './terminal.ts'

export const pinStatus: Procedure = async (terminal) => {
  const card = await terminal.card()
  const pins = await card.transaction(readPins)
  if (pins.kind !== 'ok') return failed(pins.kind)
  await terminal.ask({ kind: 'pinStatus', pins: pins.value })
  return { kind: 'seen' }
}
