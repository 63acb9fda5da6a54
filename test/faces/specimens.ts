/** Pictures as they come to a comparison: the photo of a specimen's chip, and a JPEG picture drawn here. */
import { createCanvas } from '@napi-rs/canvas'
import { facePicture } from '../../applets-sim/factory/pictures/face.ts'

export const chipPhoto = (name = '番号　花子'): Promise<Uint8Array> =>
  facePicture({ name, sex: '2', birth: '19890331' })

/** A stranger's portrait: a gradient with a head on it. */
export function livePicture(): Uint8Array {
  const canvas = createCanvas(360, 480)
  const pen = canvas.getContext('2d')
  const sky = pen.createLinearGradient(0, 0, 360, 480)
  sky.addColorStop(0, '#8ab')
  sky.addColorStop(1, '#356')
  pen.fillStyle = sky
  pen.fillRect(0, 0, 360, 480)
  pen.fillStyle = '#caa284'
  pen.beginPath()
  pen.ellipse(180, 230, 90, 120, 0, 0, 2 * Math.PI)
  pen.fill()
  return new Uint8Array(canvas.toBuffer('image/jpeg', 80))
}
