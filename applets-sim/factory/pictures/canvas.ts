/** A drawing surface with the font of the card's print. */
import { type Canvas, createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas'

/** BIZ UDGothic (SIL Open Font License 1.1), a typeface made to be read by everybody; half-width digits are half as wide as kanji. */
const FONT_FILE = new URL(import.meta.resolve('@expo-google-fonts/biz-udgothic/400Regular/BIZUDGothic_400Regular.ttf'))
const FAMILY = 'Madoguchi Card Print'

let registered = false
function registerFont(): void {
  if (registered) return
  const path = decodeURIComponent(FONT_FILE.pathname).replace(/^\/(?=[A-Za-z]:)/, '')
  if (GlobalFonts.registerFromPath(path, FAMILY) === null)
    throw new Error('The font for the card print could not be loaded.')
  registered = true
}

export interface Surface {
  readonly width: number
  readonly height: number
  readonly pen: SKRSContext2D
  /** Brightness of every pixel, row by row. */
  readonly samples: () => Uint8Array
}

export const fontOf = (pixels: number): string => `${pixels}px '${FAMILY}'`

/** A white surface. */
export function surface(width: number, height: number): Surface {
  registerFont()
  const canvas: Canvas = createCanvas(width, height)
  const pen = canvas.getContext('2d')
  pen.fillStyle = '#fff'
  pen.fillRect(0, 0, width, height)
  pen.textBaseline = 'alphabetic'
  return { width, height, pen, samples: () => brightness(pen.getImageData(0, 0, width, height).data) }
}

/** ITU-R BT.601 luma of RGBA pixels, in whole numbers so that every machine gets the same. */
function brightness(pixels: Uint8ClampedArray): Uint8Array {
  const out = new Uint8Array(pixels.length / 4)
  for (let i = 0; i < out.length; i++) {
    const [red, green, blue] = [pixels[4 * i] as number, pixels[4 * i + 1] as number, pixels[4 * i + 2] as number]
    out[i] = (299 * red + 587 * green + 114 * blue + 500) / 1000
  }
  return out
}
