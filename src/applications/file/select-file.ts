/** SELECT of an EF under the current application (facts 1.5). */
import { uint } from '../../base/bytes.ts'
import { CardFault } from '../../card/card-failure.ts'
import { command } from '../../card/command.ts'
import { SW } from '../../card/status-word.ts'
import type { Channel } from '../../card/transaction-hold.ts'

/** An EF or IEF of an application, and what it is called in labels. */
export interface FileRef {
  readonly application: string
  readonly fid: number
  readonly title: string
}

export const labelOf = (verb: string, { application, title }: FileRef): string => `${application}: ${verb} ${title}`

/** False when it is not there. */
export async function selectFile(channel: Channel, file: FileRef): Promise<boolean> {
  const label = labelOf('SELECT', file)
  const { sw } = await channel.send(label, command(0x00, 0xa4, 0x02, 0x0c, { data: uint(file.fid, 2) }))
  if (sw === SW.OK) return true
  if (sw === SW.NOT_FOUND) return false
  throw new CardFault({ kind: 'refused', label, sw })
}
