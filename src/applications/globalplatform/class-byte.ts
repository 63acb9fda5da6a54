/** Class bytes of secured commands (GPCS 2.3.1, 11.1.4; ISO/IEC 7816-4:2020, 5.4.1). */

/** The class byte as it is MACed: channel 0, secure messaging bit 3 set (SCP03 6.2.4); `80` gives `84`, `00` gives `04`. */
export const macClass = (cla: number): number => (isFurther(cla) ? cla & 0x80 : cla & 0xf0) | 0x04

/**
 * Puts a logical channel (0–19) into a class byte. Channels 0–3 keep bit 3 for secure messaging,
 * channels 4–19 set bit 7 and use bit 6 for it.
 */
export function onChannel(cla: number, channel: number): number {
  if (!Number.isInteger(channel) || channel < 0 || channel > 19)
    throw new RangeError(`onChannel: logical channel ${channel} is not 0–19`)
  const secured = isFurther(cla) ? (cla & 0x20) !== 0 : (cla & 0x0c) !== 0
  const rest = cla & 0x90
  if (channel < 4) return rest | (secured ? 0x04 : 0) | channel
  return rest | 0x40 | (secured ? 0x20 : 0) | (channel - 4)
}

const isFurther = (cla: number): boolean => (cla & 0x40) !== 0
