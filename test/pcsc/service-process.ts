/**
 * A PC/SC service in a process of its own, led by messages: the binding's client library blocks its thread while it waits for an
 * answer, so the service cannot live where the test does. The chip answers by a table: what matters here is the way to it.
 */

import type { Fault } from '../../drivers/virtual/reader/faults.ts'
import { ReaderBay } from '../../drivers/virtual/reader/reader-bay.ts'
import { PcscService } from '../../drivers/virtual/service/pcsc-service.ts'
import { hex } from '../../src/base/hex.ts'
import type { ChipPort } from '../../src/card/ports.ts'

export type Order =
  | { readonly do: 'plug'; readonly reader: string; readonly pinPad?: readonly number[] }
  | { readonly do: 'unplug' | 'insert' | 'insertMute' | 'remove'; readonly reader: string }
  | { readonly do: 'fault'; readonly reader: string; readonly fault: Fault }
  | { readonly do: 'close' }

const ATR = Uint8Array.of(0x3b, 0xe0, 0x00, 0xff, 0x81, 0x31, 0xfe, 0x45, 0x14)
const OK = [0x90, 0x00]

/** `00 B0 …` gives 65,536 bytes, VERIFY the number of bytes it got, anything else 9000. */
class TableChip implements ChipPort {
  powerOn = () => ATR
  warmReset = () => ATR
  powerOff = () => {}
  transmit(command: Uint8Array): Uint8Array {
    if (command[1] === 0xb0) return Uint8Array.of(...new Uint8Array(0x10000), ...OK)
    if (hex(command.subarray(0, 2)) === '0020') return Uint8Array.of(command.length - 5, ...OK)
    return Uint8Array.from(OK)
  }
}

const bay = new ReaderBay()
const service = await PcscService.listen(bay, process.argv[2] as string)

process.on('message', async (order: Order) => {
  if (order.do === 'plug') {
    const pin = order.pinPad
    bay.plug(order.reader, pin === undefined ? {} : { pinPad: async () => Uint8Array.from(pin) })
  } else if (order.do === 'unplug') bay.unplug(order.reader)
  else if (order.do === 'insert') bay.reader(order.reader).insert({ chip: new TableChip() })
  else if (order.do === 'insertMute') bay.reader(order.reader).insert({ chip: new TableChip(), mute: true })
  else if (order.do === 'remove') bay.reader(order.reader).remove()
  else if (order.do === 'fault') bay.reader(order.reader).faults.add(order.fault)
  else await service.close()
  process.send?.('done')
  if (order.do === 'close') process.exit(0)
})
process.send?.('done')
