/** What a phone calls a picture of a face, before anybody's browser decodes it. */

/** Pixels a side; the app sends a portrait of 360 × 480. */
const MOST_PIXELS = 2048

/** Is it a JPEG of a sensible size, by its frame header (ITU-T T.81, B.2.2: baseline, extended or progressive)? */
export function isPortrait(jpeg: Uint8Array): boolean {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.length)
  if (jpeg.length < 2 || view.getUint16(0) !== 0xffd8) return false
  for (let at = 2; at + 9 <= jpeg.length; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at)
    if (marker < 0xff01) return false
    if (marker >= 0xffc0 && marker <= 0xffc2)
      return [view.getUint16(at + 5), view.getUint16(at + 7)].every((side) => side > 0 && side <= MOST_PIXELS)
  }
  return false
}
