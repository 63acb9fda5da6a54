/** READ BINARY of a whole transparent EF (facts 1.4): in steps the channel can carry, until the object in it is complete. */
import { concat } from '../../base/bytes.ts'
import { CardFault } from '../../card/card-failure.ts'
import { command } from '../../card/command.ts'
import { SW } from '../../card/status-word.ts'
import type { Channel } from '../../card/transaction-hold.ts'
import { type FileRef, labelOf, selectFile } from './select-file.ts'
import { objectEnd } from './template.ts'

export type FileContent =
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  /** A PIN that opens it has not been verified. */
  | { readonly kind: 'pinNeeded' }
  | { readonly kind: 'absent' }

export interface ReadOptions {
  /** Tag of the one data object in the file; reading stops behind it. Without it the file is read to its end. */
  readonly tag?: number
  /** One command with extended Le instead of steps. */
  readonly extended?: boolean
}

/** Offsets have 15 bits. */
const LARGEST = 0x8000

/** Bytes of the physical file from its start: filler may stand around the object. */
export async function readFile(channel: Channel, file: FileRef, options: ReadOptions = {}): Promise<FileContent> {
  if (!(await selectFile(channel, file))) return { kind: 'absent' }
  const step = options.extended === true ? 0x10000 : channel.readStep
  const label = labelOf('READ', file)
  const pieces: Uint8Array[] = []
  let size = 0
  let end: number | undefined
  while (size < (end ?? LARGEST)) {
    // Known to be short: asking for more would be answered all the same, but says what is meant.
    const ne = end === undefined ? step : Math.min(step, end - size)
    const { data, sw } = await channel.send(label, command(0x00, 0xb0, size >> 8, size & 0xff, { ne }))
    if (sw === SW.SECURITY_STATUS) return { kind: 'pinNeeded' }
    // The file ended exactly where the last step did.
    if (sw === SW.WRONG_OFFSET && size > 0) break
    if (sw !== SW.OK && sw !== SW.END_OF_FILE) throw new CardFault({ kind: 'refused', label, sw })
    if (data.length === 0) break
    pieces.push(data)
    size += data.length
    if (end === undefined && options.tag !== undefined) end = objectEnd(concat(...pieces), options.tag)
    if (data.length < ne || sw === SW.END_OF_FILE) break
  }
  return { kind: 'read', bytes: concat(...pieces) }
}
