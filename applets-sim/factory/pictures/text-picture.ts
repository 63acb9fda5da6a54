/** Texts of the card's face as 1-bit PNG, the way 券面事項確認AP holds them (facts 2.4). */
import { encode } from 'fast-png'
import { fontOf, type Surface, surface } from './canvas.ts'

export interface TextBox {
  readonly width: number
  readonly height: number
  /** Height of a character in pixels; longer texts are set smaller until they fit. */
  readonly size: number
  readonly lines: number
}

/** Sizes of the security code and My Number are those seen on cards; name and address are ours (decision 0024). */
export const TEXT_BOXES = {
  name: { width: 384, height: 28, size: 24, lines: 1 },
  address: { width: 384, height: 64, size: 18, lines: 3 },
  myNumber: { width: 72, height: 12, size: 12, lines: 1 },
  securityCode: { width: 24, height: 12, size: 12, lines: 1 },
} as const satisfies Record<string, TextBox>

/** Lines no wider than the box, or undefined when there are too many. */
function broken(text: string, size: number, box: TextBox, { pen }: Surface): readonly string[] | undefined {
  pen.font = fontOf(size)
  const lines: string[] = []
  let line = ''
  for (const character of Array.from(text)) {
    if (line !== '' && pen.measureText(line + character).width > box.width) {
      lines.push(line)
      line = ''
    }
    line += character
  }
  lines.push(line)
  const fits = lines.length <= Math.max(box.lines, Math.floor(box.height / (size + 1)))
  return fits && lines.length * size <= box.height ? lines : undefined
}

const SMALLEST = 5

/** The text in black on white, one bit a pixel (1 is white). What does not fit even in the smallest size is cut off. */
export function textPicture(text: string, box: TextBox): Uint8Array {
  const paper = surface(box.width, box.height)
  let size = box.size
  let lines = broken(text, size, box, paper)
  while (lines === undefined && size > SMALLEST) lines = broken(text, --size, box, paper)
  lines ??= [text]
  paper.pen.fillStyle = '#000'
  paper.pen.font = fontOf(size)
  const pitch = Math.floor(box.height / Math.max(lines.length, box.lines))
  for (const [i, line] of lines.entries()) paper.pen.fillText(line, 0, i * pitch + Math.round(0.88 * size))
  return encode({ width: box.width, height: box.height, channels: 1, depth: 1, data: packed(paper) })
}

/** Eight pixels an octet, every row from a fresh octet. */
function packed({ width, height, samples }: Surface): Uint8Array {
  const row = Math.ceil(width / 8)
  const out = new Uint8Array(row * height)
  for (const [i, sample] of samples().entries())
    if (sample >= 128) {
      const at = Math.floor(i / width) * row + ((i % width) >> 3)
      out[at] = (out[at] as number) | (0x80 >> ((i % width) & 7))
    }
  return out
}
