/** What a phone sent is a portrait, or nobody's browser sees it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCanvas } from '@napi-rs/canvas'
import fc from 'fast-check'
import { isPortrait } from '../../apps/faces/live-picture.ts'
import { chipPhoto, livePicture } from './specimens.ts'

const picture = (width: number, height: number, type: 'image/jpeg' | 'image/png' = 'image/jpeg') =>
  new Uint8Array(
    type === 'image/png' ? createCanvas(width, height).toBuffer(type) : createCanvas(width, height).toBuffer(type, 20),
  )

test('a JPEG of a sensible size is one, wherever its bytes lie', () => {
  assert.ok(isPortrait(livePicture()))
  assert.ok(isPortrait(picture(2048, 1)))
  assert.ok(isPortrait(Buffer.concat([Buffer.of(0), livePicture()]).subarray(1)))
})

test('another kind of picture, a wall of pixels, a header without a frame are none', async () => {
  const claims = Buffer.from(livePicture())
  claims.writeUInt16BE(65_500, claims.indexOf('ffc0', 'hex') + 5)
  const none = [new Uint8Array(), Buffer.of(0xff, 0xd8), picture(9, 9, 'image/png'), picture(2049, 9), claims]
  for (const bytes of [...none, await chipPhoto(), Buffer.from('<svg/>')]) assert.equal(isPortrait(bytes), false)
})

test('any bytes: yes or no', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, asJpeg) => {
      assert.equal(typeof isPortrait(asJpeg ? Buffer.concat([Buffer.of(0xff, 0xd8, 0xff), bytes]) : bytes), 'boolean')
    }),
  )
})
