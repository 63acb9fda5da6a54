/**
 * Logical channels (ISO/IEC 7816-4:2020, 5.4.1 and 11.1.2; GPCS 2.3.1, 6.4.2.2 and 11.7). The My Number card has none but the basic one
 * (facts 1.9); a plain GlobalPlatform card has twenty.
 */
import type { Command } from '../../src/card/command.ts'
import { SW } from '../../src/card/status-word.ts'

export const INS_MANAGE_CHANNEL = 0x70
export const LAST_CHANNEL = 19

const FURTHER = 0x40
const FURTHER_SECURE = 0x20
const SECURE = 0x04
const OPEN = 0x00
const CLOSE = 0x80

/** Channel number of a class byte, and the class as the basic channel would have it: applications know no channels. */
export function channelOf(cla: number): { readonly channel: number; readonly cla: number } {
  if ((cla & FURTHER) === 0) return { channel: cla & 0x03, cla: cla & ~0x03 }
  const secure = (cla & FURTHER_SECURE) !== 0 ? SECURE : 0
  return { channel: 4 + (cla & 0x0f), cla: (cla & 0x90) | secure }
}

export type ChannelChange =
  | { readonly kind: 'open'; readonly channel: number; readonly assigned: boolean }
  | { readonly kind: 'close'; readonly channel: number }

/** What a MANAGE CHANNEL asks for, given the channels that are open; or the status word that refuses. */
export function manageChannel(
  { p1, p2, data, ne }: Command,
  isOpen: (channel: number) => boolean,
): ChannelChange | number {
  if (data.length !== 0) return SW.WRONG_LENGTH
  if (p2 > LAST_CHANNEL) return SW.WRONG_P1P2
  if (p1 === CLOSE) {
    if (p2 === 0) return SW.WRONG_P1P2
    return isOpen(p2) ? { kind: 'close', channel: p2 } : SW.CONDITIONS_NOT_SATISFIED
  }
  if (p1 !== OPEN) return SW.WRONG_P1P2
  if (p2 !== 0) return isOpen(p2) ? SW.CONDITIONS_NOT_SATISFIED : { kind: 'open', channel: p2, assigned: false }
  if (ne === 0) return SW.WRONG_LENGTH
  for (let channel = 1; channel <= LAST_CHANNEL; channel++)
    if (!isOpen(channel)) return { kind: 'open', channel, assigned: true }
  return SW.FUNCTION_NOT_SUPPORTED
}
