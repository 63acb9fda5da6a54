/** One of the two pictures: drawn, never an address or an element that holds it, and gone with what it belongs to. */
import { type ReactNode, type Ref, type UIEvent, useEffect, useRef } from 'react'

/** Both are drawn into the same size, in the proportions of a chip's photo. */
const [WIDTH, HEIGHT] = [800, 1000]

export interface PictureProps {
  readonly caption: ReactNode
  /** For a voice. */
  readonly name: string
  readonly load: () => Promise<Uint8Array<ArrayBuffer>>
  readonly zoom: number
  readonly onDrawn: (drawn: boolean) => void
  readonly frame: Ref<HTMLElement>
  readonly onScroll: (event: UIEvent<HTMLElement>) => void
}

export function Picture({ caption, name, load, zoom, onDrawn, frame, onScroll }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  // Of the look it was made for: which does not change while this is on the page.
  const first = useRef({ load, onDrawn })
  useEffect(() => {
    const target = canvas.current
    let gone = false
    draw(target, first.current.load).then(
      () => gone || first.current.onDrawn(true),
      () => gone || first.current.onDrawn(false),
    )
    return () => {
      gone = true
      if (target !== null) target.width = 0
    }
  }, [])
  return (
    <figure className="face-picture">
      <figcaption>{caption}</figcaption>
      <section ref={frame} className="face-frame" aria-label={name} onScroll={onScroll} tabIndex={zoom > 1 ? 0 : -1}>
        <canvas ref={canvas} role="img" aria-label={name} style={{ width: `${zoom * 100}%` }} />
      </section>
    </figure>
  )
}

/** Rejects for what is no picture, and for what is not to be looked at any more. */
async function draw(canvas: HTMLCanvasElement | null, load: PictureProps['load']): Promise<void> {
  const bytes = await load()
  const picture = await createImageBitmap(new Blob([bytes])).finally(() => bytes.fill(0))
  const pen = canvas?.getContext('2d')
  if (canvas === null || !pen) return
  canvas.width = WIDTH
  canvas.height = HEIGHT
  pen.imageSmoothingQuality = 'high'
  const scale = Math.min(WIDTH / picture.width, HEIGHT / picture.height)
  const [width, height] = [picture.width * scale, picture.height * scale]
  pen.drawImage(picture, (WIDTH - width) / 2, (HEIGHT - height) / 2, width, height)
  picture.close()
}
