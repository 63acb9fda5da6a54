/** The face on a simulated card: a drawing that looks like a drawing, a different one for each invented person, marked SIMULATED 見本. */
import { createHash } from 'node:crypto'
import { fontOf, surface } from './canvas.ts'
import { encodeJpeg2000 } from './jpeg2000.ts'

export const FACE = { width: 240, height: 300, ratio: 18 } as const

type Pen = ReturnType<typeof surface>['pen']

function ellipse(pen: Pen, x: number, y: number, rx: number, ry: number, fill: string): void {
  pen.fillStyle = fill
  pen.beginPath()
  pen.ellipse(x, y, rx, ry, 0, 0, 2 * Math.PI)
  pen.fill()
}

function curve(pen: Pen, x: number, y: number, dx: number, dip: number, width: number): void {
  pen.strokeStyle = '#333'
  pen.lineWidth = width
  pen.beginPath()
  pen.moveTo(x - dx, y)
  pen.quadraticCurveTo(x, y + dip, x + dx, y)
  pen.stroke()
}

/** `traits` are octets that choose the features; `sex` only the length of the hair. */
function draw(pen: Pen, traits: Uint8Array, sex: string): void {
  const { width, height } = FACE
  const trait = (index: number, from: number, to: number) =>
    from + Math.round(((traits[index] as number) / 255) * (to - from))
  const grey = (index: number, from: number, to: number) => {
    const level = trait(index, from, to)
    return `rgb(${level},${level},${level})`
  }
  const middle = width / 2
  const head = { x: middle, y: 138, rx: trait(0, 56, 66), ry: trait(1, 74, 82) }
  const hair = grey(2, 20, 90)
  const skin = grey(3, 205, 230)
  pen.fillStyle = '#f4f4f4'
  pen.fillRect(0, 0, width, height)
  if (sex !== '1') ellipse(pen, middle, 160, head.rx + 20, trait(4, 96, 118), hair)
  ellipse(pen, middle, height + 40, 112, 110, grey(5, 70, 170))
  pen.fillStyle = skin
  pen.fillRect(middle - 22, 190, 44, 44)
  ellipse(pen, head.x, head.y, head.rx + 6, head.ry + 4, hair)
  ellipse(pen, head.x, head.y + 10, head.rx, head.ry - 4, skin)
  pen.fillStyle = hair
  pen.beginPath()
  pen.ellipse(middle, 100, head.rx, trait(6, 34, 44), 0, Math.PI, 2 * Math.PI)
  pen.fill()
  for (const side of [-1, 1]) {
    const x = middle + side * trait(7, 24, 30)
    ellipse(pen, x, 140, 11, 7, '#fff')
    ellipse(pen, x, 140, 5, 6, '#222')
    curve(pen, x, 124, 13, -trait(8, 3, 9), 4)
  }
  curve(pen, middle, 166, 6, 6, 3)
  curve(pen, middle, 188, trait(9, 16, 24), trait(10, 5, 14), 4)
}

function mark(pen: Pen): void {
  const { width, height } = FACE
  pen.fillStyle = '#000'
  pen.fillRect(0, height - 34, width, 34)
  pen.fillStyle = '#fff'
  pen.font = fontOf(24)
  pen.textAlign = 'center'
  pen.fillText('SIMULATED 見本', width / 2, height - 9)
}

/** JPEG 2000, 8-bit greyscale, about 4 kB. The same name, sex and birth give the same face. */
export async function facePicture(who: {
  readonly name: string
  readonly sex: string
  readonly birth: string
}): Promise<Uint8Array> {
  const { pen, samples } = surface(FACE.width, FACE.height)
  draw(pen, createHash('sha256').update(`${who.name} ${who.sex} ${who.birth}`).digest(), who.sex)
  mark(pen)
  return encodeJpeg2000({ width: FACE.width, height: FACE.height, samples: samples() }, FACE.ratio)
}
