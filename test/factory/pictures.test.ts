/** The pictures of facts 2.4, decoded by other code than that which drew them. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { inflateSync } from 'node:zlib'
import openJpeg from '@cornerstonejs/codec-openjpeg/decodewasmjs'
import { HANAKO, taro } from '../../applets-sim/factory/holder.ts'
import { facePicture } from '../../applets-sim/factory/pictures/face.ts'
import { TEXT_BOXES, textPicture } from '../../applets-sim/factory/pictures/text-picture.ts'
import { type CardPictures, picturesOf } from '../../applets-sim/factory/pictures.ts'

/** A 1-bit greyscale PNG as rows of booleans (true is black). */
function bitmap(png: Uint8Array): boolean[][] {
  const bytes = Buffer.from(png)
  assert.equal(bytes.toString('hex', 0, 8), '89504e470d0a1a0a')
  const data: Buffer[] = []
  let [width, height] = [0, 0]
  for (let at = 8; at < bytes.length; ) {
    const [length, type] = [bytes.readUInt32BE(at), bytes.toString('latin1', at + 4, at + 8)]
    const content = bytes.subarray(at + 8, at + 8 + length)
    if (type === 'IHDR') {
      ;[width, height] = [content.readUInt32BE(0), content.readUInt32BE(4)]
      assert.deepEqual([...content.subarray(8)], [1, 0, 0, 0, 0], 'one bit, greyscale, not interlaced')
    }
    if (type === 'IDAT') data.push(content)
    at += 12 + length
  }
  const raw = inflateSync(Buffer.concat(data))
  const row = Math.ceil(width / 8)
  assert.equal(raw.length, height * (row + 1))
  const lines: boolean[][] = []
  const above = Buffer.alloc(row)
  for (let y = 0; y < height; y++) {
    const filter = raw.readUInt8(y * (row + 1))
    assert.ok(filter === 0 || filter === 2, 'filters none and up are enough for one bit')
    const line = raw.subarray(y * (row + 1) + 1, (y + 1) * (row + 1))
    for (let i = 0; i < row; i++) above[i] = ((line[i] as number) + (filter === 2 ? (above[i] as number) : 0)) & 0xff
    lines.push(Array.from({ length: width }, (_, x) => (((above[x >> 3] as number) >> (7 - (x & 7))) & 1) === 0))
  }
  return lines
}

const ink = (lines: boolean[][]) => lines.flat().filter(Boolean).length

async function photo(jp2: Uint8Array): Promise<{ width: number; height: number; samples: Uint8Array }> {
  const { J2KDecoder } = await openJpeg({ print: () => undefined, printErr: () => undefined })
  const bytes = Buffer.from(jp2)
  const codestream = bytes.subarray(bytes.indexOf('jp2c') + 4)
  const decoder = new J2KDecoder()
  decoder.getEncodedBuffer(codestream.length).set(codestream)
  decoder.decode()
  const { width, height, bitsPerSample, componentCount } = decoder.getFrameInfo()
  assert.deepEqual([bitsPerSample, componentCount], [8, 1])
  return { width, height, samples: decoder.getDecodedBuffer().slice() }
}

describe('pictures (facts 2.4)', () => {
  let pictures: CardPictures
  before(async () => {
    pictures = await picturesOf(HANAKO)
  })

  test('texts are 1-bit PNG of the sizes seen, with something on them', () => {
    for (const [name, { width, height }] of Object.entries(TEXT_BOXES)) {
      const lines = bitmap(pictures[name as keyof typeof TEXT_BOXES])
      assert.deepEqual([lines[0]?.length, lines.length], [width, height], name)
      const share = ink(lines) / (width * height)
      assert.ok(share > 0.01 && share < 0.5, `${name}: ${share}`)
    }
    assert.deepEqual([TEXT_BOXES.securityCode.width, TEXT_BOXES.securityCode.height], [24, 12])
    assert.deepEqual([TEXT_BOXES.myNumber.width, TEXT_BOXES.myNumber.height], [72, 12])
  })

  test('twelve digits fill the box of My Number and none is cut off', () => {
    const lines = bitmap(textPicture('888888888888', TEXT_BOXES.myNumber))
    for (let digit = 0; digit < 12; digit++)
      assert.ok(
        lines.some((line) => line.slice(6 * digit, 6 * digit + 6).some(Boolean)),
        `digit ${digit}`,
      )
  })

  test('other texts, other pictures; the same text, the same octets', () => {
    assert.notDeepEqual(textPicture('花子', TEXT_BOXES.name), textPicture('太郎', TEXT_BOXES.name))
    assert.deepEqual(textPicture('番号　花子', TEXT_BOXES.name), pictures.name)
  })

  test('a text of any length fits its box (P17)', () => {
    for (const length of [1, 16, 17, 40, 100, 200])
      for (const box of [TEXT_BOXES.name, TEXT_BOXES.address])
        assert.ok(ink(bitmap(textPicture('邉'.repeat(length), box))) > 0)
    const long = bitmap(textPicture('邉'.repeat(60), TEXT_BOXES.address))
    assert.ok(
      long.slice(32).some((line) => line.some(Boolean)),
      'it goes on in further lines',
    )
  })

  test('the photo is a JP2 file of a few kB with a face in the middle and the mark below', async () => {
    const bytes = Buffer.from(pictures.photo)
    assert.equal(bytes.toString('hex', 0, 12), '0000000c6a5020200d0a870a')
    assert.equal(bytes.toString('latin1', 16, 24), 'ftypjp2 '.slice(0, 8))
    assert.ok(bytes.length > 2000 && bytes.length < 6000, `${bytes.length} octets`)
    const { width, height, samples } = await photo(bytes)
    assert.deepEqual([width, height], [240, 300])
    const at = (x: number, y: number) => samples[y * width + x] as number
    assert.ok(at(5, 5) > 220, 'light background')
    assert.ok(at(120, 155) > 180 && at(120, 155) < 245, 'skin')
    const band = samples.subarray((height - 30) * width, (height - 4) * width)
    assert.ok(band.filter((level) => level < 60).length > band.length / 2, 'a dark band')
    assert.ok(band.filter((level) => level > 200).length > 300, 'with light letters')
  })

  test('two people have two faces, one person always the same', async () => {
    assert.notDeepEqual(await facePicture(taro(2018)), pictures.photo)
    assert.deepEqual(await facePicture(HANAKO), pictures.photo)
  })

  test('a picture is drawn once for its content', async () => {
    assert.equal((await picturesOf(HANAKO)).photo, pictures.photo)
    const moved = await picturesOf({ ...HANAKO, address: '東京都清瀬市見本町４－５' })
    assert.equal(moved.photo, pictures.photo)
    assert.notDeepEqual(moved.address, pictures.address)
  })
})
