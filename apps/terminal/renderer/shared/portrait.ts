/** A portrait as it is sent: a JPEG picture, upright, small enough for a packet (`MAX_PACKET`). */
const WIDTH = 360
const HEIGHT = 480
const QUALITY = 0.8

/** The middle of the picture in the proportions of a portrait. Rejects when the browser cannot draw it. */
export async function portraitOf(source: CanvasImageSource, width: number, height: number): Promise<Uint8Array> {
  const scale = Math.max(WIDTH / width, HEIGHT / height)
  const [w, h] = [WIDTH / scale, HEIGHT / scale]
  const canvas = document.createElement('canvas')
  canvas.width = WIDTH
  canvas.height = HEIGHT
  canvas.getContext('2d')?.drawImage(source, (width - w) / 2, (height - h) / 2, w, h, 0, 0, WIDTH, HEIGHT)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
  // Nothing of it stays on the page.
  canvas.width = 0
  if (blob === null) throw new Error('the portrait could not be drawn')
  return new Uint8Array(await blob.arrayBuffer())
}
