/** Whatever bytes arrive, a chip answers at least a status word and never fails. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CardImageError, parseCardImage } from '../../applets-sim/image-file.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { AID, PINS, TestCard, testCard } from './card.ts'

const INS = [
  0x06, 0x20, 0x24, 0x2a, 0x32, 0x50, 0x54, 0x82, 0x84, 0x88, 0x8a, 0xa2, 0xa4, 0xae, 0xb0, 0xb2, 0xc0, 0xca, 0xfc,
]
const data = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.uint8Array({ minLength: 255, maxLength: 310 }),
  fc.constantFrom(...Object.values(AID), '0017', '0018', '001B', '9603000000', `861101${'00'.repeat(16)}`).map(fromHex),
)
const le = fc.constantFrom('', '00', '01', '0000', '0001')

/** Commands that look like ones: class, instruction and reference from what exists. */
const command = fc
  .tuple(
    fc.constantFrom(0x00, 0x00, 0x80, 0x80, 0x08, 0x0c, 0x10, 0x90, 0x84),
    fc.constantFrom(...INS),
    fc.constantFrom(0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x80, 0x8a, 0x7f, 0xff),
    fc.oneof(fc.constantFrom(0x00, 0x02, 0x04, 0x0c, 0x80, 0x97, 0x98, 0x9b, 0xc1), fc.integer({ min: 0, max: 255 })),
    data,
    le,
  )
  .map(([cla, ins, p1, p2, body, end]) => {
    const lc =
      body.length === 0
        ? ''
        : body.length < 256 && end.length < 4
          ? hex(Uint8Array.of(body.length))
          : `00${body.length.toString(16).padStart(4, '0')}`
    return fromHex(hex(Uint8Array.of(cla, ins, p1, p2)) + lc + hex(body) + end)
  })

const stored = (['E0', 'DA'] as const).map(
  (generation) => testCard({ generation, getResponse: generation === 'DA' }).card,
)

test('any bytes, one after another', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...stored),
      fc.array(fc.oneof(command, command, fc.uint8Array({ maxLength: 300 })), { maxLength: 25 }),
      fc.boolean(),
      (card, commands, verified) => {
        const fork = new TestCard(card.fork())
        fork.card.powerOn('contact')
        fork.select('text')
        if (verified) fork.verify(0x11, PINS.text)
        for (const bytes of commands) {
          const copy = bytes.slice()
          const response = fork.card.transmit(bytes)
          assert.ok(response.length >= 2 && response.length <= 65538)
          assert.deepEqual(bytes, copy, 'the command is left alone')
          const first = response[response.length - 2] ?? 0
          assert.ok(first === 0x90 || (first >= 0x61 && first <= 0x6f), hex(response.subarray(-2)))
        }
      },
    ),
    { numRuns: 1500 },
  )
})

test('what a response holds cannot be used to change the card', () => {
  const card = testCard()
  card.select('jpki')
  const before = card.card.toImage()
  for (const read of ['00B08A00000000', '0084000008', '00CA5F5100']) card.card.transmit(fromHex(read)).fill(0)
  assert.deepEqual(card.card.toImage(), before)
})

test('a card image file is read whole or refused with a path, whatever it holds', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      assert.throws(() => parseCardImage(text), CardImageError)
    }),
    { numRuns: 300 },
  )
})
