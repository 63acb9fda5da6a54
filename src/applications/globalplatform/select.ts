/** SELECT and MANAGE CHANNEL (GPCS 2.3.1, 11.9 and 11.7): commands of class 00. */
import { EMPTY } from '../../base/bytes.ts'
import { findTlv, parseTlvs } from '../../base/tlv.ts'
import { command } from '../../card/command.ts'
import type { GpCommand } from './gp-command.ts'

export interface Selected {
  /** The full AID, from the file control information; absent when the card does not say. */
  readonly aid?: Uint8Array
  /** 6283: the card is locked, and only its issuer security domain answers. */
  readonly cardLocked: boolean
}

/** By AID; without one the default application, which on a card without another is the issuer security domain. */
export const select = (aid: Uint8Array = EMPTY): GpCommand<Selected> => ({
  name: 'SELECT',
  section: 'GPCS 11.9',
  accepts: [0x6283],
  meanings: [
    [
      0x6a82,
      'not on the card, or locked',
      'Check the AID. A card without a GlobalPlatform security domain cannot be managed.',
    ],
    [0x6a81, 'selection is not possible', 'The card is locked or terminated.'],
  ],
  apdu: command(0x00, 0xa4, 0x04, 0x00, { data: aid, ne: 0x100 }),
  parse: ({ data, sw }) => {
    const found = findTlv(parseTlvs(findTlv(parseTlvs(data), 0x6f) ?? EMPTY), 0x84)
    return { cardLocked: sw === 0x6283, ...(found && { aid: found }) }
  },
})

const MANAGE_CHANNEL = {
  name: 'MANAGE CHANNEL',
  section: 'GPCS 11.7',
  accepts: [],
  meanings: [
    [0x6a81, 'no further logical channel', 'Close one, or work on the basic channel.'],
    [0x6881, 'logical channels are not supported', 'Work on the basic channel.'],
    [0x6d00, 'logical channels are not supported', 'Work on the basic channel.'],
  ],
} as const

/** Opens the next free logical channel and gives its number. */
export const openChannel = (): GpCommand<number> => ({
  ...MANAGE_CHANNEL,
  apdu: command(0x00, 0x70, 0x00, 0x00, { ne: 1 }),
  parse: ({ data }) => (data.length === 1 ? data[0] : undefined),
})

/** Closes it; a secure channel open on it ends too. */
export const closeChannel = (channel: number): GpCommand<true> => ({
  ...MANAGE_CHANNEL,
  apdu: command(0x00, 0x70, 0x80, channel),
  parse: () => true,
})
