/** All pictures of a card, each drawn once for its content. */
import type { Holder } from './holder.ts'
import { facePicture } from './pictures/face.ts'
import { TEXT_BOXES, textPicture } from './pictures/text-picture.ts'

export interface CardPictures {
  /** 1-bit PNG. */
  readonly name: Uint8Array
  readonly address: Uint8Array
  readonly myNumber: Uint8Array
  readonly securityCode: Uint8Array
  /** JPEG 2000, greyscale. */
  readonly photo: Uint8Array
}

/** Enough for every profile and a hall full of different people; the oldest goes first. */
const KEPT = 512
const drawn = new Map<string, Uint8Array | Promise<Uint8Array>>()

function once<T extends Uint8Array | Promise<Uint8Array>>(content: string, draw: () => T): T {
  const known = drawn.get(content)
  if (known !== undefined) return known as T
  if (drawn.size >= KEPT) drawn.delete(drawn.keys().next().value as string)
  const picture = draw()
  drawn.set(content, picture)
  return picture
}

export async function picturesOf(holder: Holder): Promise<CardPictures> {
  const text = (box: keyof typeof TEXT_BOXES, content: string) =>
    once(`${box} ${content}`, () => textPicture(content, TEXT_BOXES[box]))
  const { name, sex, birth } = holder
  return {
    name: text('name', name),
    address: text('address', holder.address),
    myNumber: text('myNumber', holder.myNumber),
    securityCode: text('securityCode', holder.securityCode),
    photo: await once(`photo ${name} ${sex} ${birth}`, () => facePicture({ name, sex, birth })),
  }
}
