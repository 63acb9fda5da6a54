/** The chip's photo (JPEG 2000, facts 2.4) as PNG: what a specimen has, and what is no picture. */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import openJpeg from '@cornerstonejs/codec-openjpeg/decodewasmjs'
import fc from 'fast-check'
import { decode } from 'fast-png'
import { chipPhotoAsPng } from '../../apps/faces/chip-photo.ts'
import { chipPhoto, livePicture } from './specimens.ts'

let photo: Uint8Array
before(async () => {
  photo = await chipPhoto()
})

/** Where the codestream has the width of its grid: after SOC, SIZ, Lsiz and Rsiz. */
const grid = (bytes: Uint8Array) => Buffer.from(bytes).indexOf('ff4fff51', 'hex') + 8

test('a specimen’s photo, sample by sample', async () => {
  const { J2KDecoder } = await openJpeg()
  const decoder = new J2KDecoder()
  decoder.getEncodedBuffer(photo.length).set(photo)
  decoder.decode()
  const before = Buffer.from(photo)
  const png = decode((await chipPhotoAsPng(photo)) ?? new Uint8Array())
  assert.deepEqual([png.width, png.height, png.channels, png.depth], [240, 300, 1, 8])
  assert.deepEqual(Buffer.from(png.data.buffer), Buffer.from(decoder.getDecodedBuffer()))
  assert.deepEqual(Buffer.from(photo), before, 'what was given is the caller’s, and as it was')
})

test('the bare codestream without its container is a photo too', async () => {
  assert.ok(await chipPhotoAsPng(photo.subarray(grid(photo) - 8)))
})

test('no picture: nothing, a JPEG, a cut file, a header that claims a wall of pixels', async () => {
  const huge = photo.slice()
  new DataView(huge.buffer).setUint32(grid(huge), 100_000)
  const empty = photo.slice()
  new DataView(empty.buffer).setUint32(grid(empty) + 4, 0)
  const none = [new Uint8Array(), livePicture(), photo.subarray(0, -1000), photo.subarray(0, 90), huge, empty]
  for (const bytes of none) assert.equal(await chipPhotoAsPng(bytes), undefined)
})

test('any damage: a picture or none, never an exception', async () => {
  const damage = fc.array(fc.tuple(fc.nat({ max: photo.length - 1 }), fc.nat({ max: 255 })), {
    minLength: 1,
    maxLength: 8,
  })
  await fc.assert(
    fc.asyncProperty(damage, async (changes) => {
      const bytes = photo.slice()
      for (const [at, value] of changes) bytes[at] = value
      const png = await chipPhotoAsPng(bytes)
      assert.ok(png === undefined || decode(png).width > 0)
    }),
    { numRuns: 60 },
  )
})
