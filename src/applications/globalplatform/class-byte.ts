/** Class bytes of secured commands (GPCS 2.3.1, 11.1.4; ISO/IEC 7816-4:2020, 5.4.1). */

/** Bits a class byte has besides channel and secure messaging: proprietary (8) and command chaining (5). */
const REST = 0x90

/** The class byte as it is MACed: channel 0, bit 3 set, bit 4 clear (SCP03 6.2.4); `80` gives `84`, `00` gives `04`. */
export const macClass = (cla: number): number => (cla & REST) | 0x04

/**
 * Puts a logical channel (0–19) into a class byte. Channels 0–3 keep bit 3 for secure messaging,
 * channels 4–19 set bit 7 and use bit 6 for it.
 */
export function onChannel(cla: number, channel: number): number {
  if (!Number.isInteger(channel) || channel < 0 || channel > 19)
    throw new RangeError(`onChannel: logical channel ${channel} is not 0–19`)
  const secured = cla & 0x40 ? (cla & 0x20) !== 0 : (cla & 0x0c) !== 0
  if (channel < 4) return (cla & REST) | (secured ? 0x04 : 0) | channel
  return (cla & REST) | 0x40 | (secured ? 0x20 : 0) | (channel - 4)
}
