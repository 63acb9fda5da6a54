/** Greyscale samples as a JPEG 2000 file: OpenJPEG's codestream in the JP2 container (ISO/IEC 15444-1, annex I). */
import openJpeg from '@cornerstonejs/codec-openjpeg/wasmjs'
import { ascii, concat, uint } from '../../../src/base/bytes.ts'

export interface GreyImage {
  readonly width: number
  readonly height: number
  /** One octet a sample, row by row, 255 is white. */
  readonly samples: Uint8Array
}

const codec = openJpeg({ print: () => undefined, printErr: () => undefined })

const box = (type: string, ...contents: readonly Uint8Array[]): Uint8Array => {
  const content = concat(...contents)
  return concat(uint(8 + content.length, 4), ascii(type), content)
}

/** Signature, file type, image header (8-bit, one component), enumerated colour space 17: greyscale. */
function container({ width, height }: GreyImage, codestream: Uint8Array): Uint8Array {
  const header = concat(uint(height, 4), uint(width, 4), uint(1, 2), Uint8Array.of(7, 7, 0, 0))
  const colour = concat(Uint8Array.of(1, 0, 0), uint(17, 4))
  return concat(
    box('jP  ', Uint8Array.of(0x0d, 0x0a, 0x87, 0x0a)),
    box('ftyp', ascii('jp2 '), uint(0, 4), ascii('jp2 ')),
    box('jp2h', box('ihdr', header), box('colr', colour)),
    box('jp2c', codestream),
  )
}

/** `ratio` octets of samples become about one octet of file. */
export async function encodeJpeg2000(image: GreyImage, ratio: number): Promise<Uint8Array> {
  const { J2KEncoder } = await codec
  const encoder = new J2KEncoder()
  try {
    const { width, height, samples } = image
    encoder.getDecodedBuffer({ width, height, bitsPerSample: 8, componentCount: 1, isSigned: false }).set(samples)
    encoder.setQuality(false, 1)
    encoder.setCompressionRatio(0, ratio)
    encoder.encode()
    return container(image, encoder.getEncodedBuffer())
  } finally {
    encoder.delete()
  }
}
