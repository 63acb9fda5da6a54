/** The photo of the chip (JPEG 2000, facts 2.4) as a picture that a browser shows (PNG). */
import openJpeg from '@cornerstonejs/codec-openjpeg/decodewasmjs'
import { encode } from 'fast-png'
import { hex } from '../../src/base/hex.ts'

/** Pixels a side. A chip's photo has a few hundred; a header that claims more is somebody's trap. */
const MOST_PIXELS = 2048
/** SOC and SIZ: what a JPEG 2000 codestream begins with (ISO/IEC 15444-1, annex A). */
const CODESTREAM = 'FF4FFF51'

/**
 * Undefined for what is no picture of a face: grey or RGB, eight bits a sample, of a sensible size. The result is the caller's to zero;
 * the decoder's own memory is one instance for each picture and is zeroed with all that was ever in it.
 */
export async function chipPhotoAsPng(jpeg2000: Uint8Array): Promise<Uint8Array | undefined> {
  if (!sensible(jpeg2000)) return undefined
  const decoding = await openJpeg({ print: () => {}, printErr: () => {} })
  try {
    const decoder = new decoding.J2KDecoder()
    decoder.getEncodedBuffer(jpeg2000.length).set(jpeg2000)
    decoder.decode()
    const { width, height, bitsPerSample, componentCount: channels } = decoder.getFrameInfo()
    const data = decoder.getDecodedBuffer()
    if (width === 0 || bitsPerSample !== 8 || (channels !== 1 && channels !== 3)) return undefined
    if (data.length !== width * height * channels) return undefined
    return encode({ width, height, channels, depth: 8, data })
  } catch {
    // The decoder throws numbers at what it cannot read.
    return undefined
  } finally {
    decoding.HEAPU8.fill(0)
  }
}

/** By the size its header claims, before anything is decoded. */
function sensible(jpeg2000: Uint8Array): boolean {
  const start = hex(jpeg2000.subarray(0, 1024)).indexOf(CODESTREAM) / 2
  if (!Number.isInteger(start) || start < 0 || jpeg2000.length < start + 16) return false
  // SOC, SIZ, Lsiz and Rsiz have two octets each; then the width and the height of the reference grid.
  const grid = new DataView(jpeg2000.buffer, jpeg2000.byteOffset + start + 8, 8)
  return [grid.getUint32(0), grid.getUint32(4)].every((side) => side > 0 && side <= MOST_PIXELS)
}
