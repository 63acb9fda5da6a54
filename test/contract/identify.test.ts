/** Every card is a normal value (facts 2.1, 2.6.1). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CardImage } from '../../applets-sim/image.ts'
import { identify, identifyAt } from '../../src/applications/identify/identify.ts'
import { ascii } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { layCard, READER } from './laid-card.ts'

const cells =
  (application: string, change: Readonly<Record<string, string>>) =>
  (image: CardImage): CardImage => ({
    ...image,
    cells: { ...image.cells, [application]: { ...image.cells[application], ...change } },
  })
const only =
  (...applications: readonly string[]) =>
  (image: CardImage): CardImage => ({
    ...image,
    cells: Object.fromEntries(Object.entries(image.cells).filter(([name]) => applications.includes(name))),
  })
const token = (label: string) => cells('jpki', { '0006': hex(ascii(label.padEnd(160))) })

const identity = async (image: (image: CardImage) => CardImage) => {
  const laid = await layCard({ image })
  return laid.run(identify)
}

test('a My Number card, with its applications', async () => {
  assert.deepEqual(await identity((image) => image), {
    kind: 'myNumberCard',
    applications: ['card-manager', 'common', 'juki', 'visual', 'text', 'jpki'],
  })
})

test('phones, the predecessor, an unknown token', async () => {
  assert.deepEqual(await identity(token('JPKIAPGPSETOKEN')), { kind: 'phone', phone: 'android' })
  assert.deepEqual(await identity(token('JPKIAPIOSTOKEN')), { kind: 'phone', phone: 'iPhone' })
  assert.deepEqual(await identity(token('JPKIAPICCTOKEN')), { kind: 'predecessorCard' })
  assert.deepEqual(await identity(token('SOMETHING ELSE')), { kind: 'unknown' })
})

test('another GlobalPlatform card, a locked one', async () => {
  assert.deepEqual(await identity(only('isd')), { kind: 'foreign', what: 'globalPlatform' })
  assert.deepEqual(await identity(cells('jpki', { '.life': '8F' })), { kind: 'blocked' })
})

test('a chip that knows no command, or no name', async () => {
  for (const sw of [0x6d00, 0x6e00, 0x6a82, 0x6a86]) {
    const laid = await layCard()
    await laid.card.close()
    const atr = fromHex('3B00')
    const answer = Uint8Array.of(sw >> 8, sw & 0xff)
    const chip = { powerOn: () => atr, warmReset: () => atr, powerOff: () => {}, transmit: () => answer }
    laid.bay.reader(READER).remove()
    laid.bay.reader(READER).insert({ chip })
    assert.deepEqual(await identifyAt(laid.service, READER), { kind: 'unknown' })
  }
})

test('mute, and a reader that is not there', async () => {
  const laid = await layCard()
  await laid.card.close()
  laid.bay.reader(READER).remove()
  assert.deepEqual(await identifyAt(laid.service, READER), {
    kind: 'unusable',
    failure: { kind: 'noCard', reader: READER },
  })
  laid.bay.reader(READER).insert({ chip: laid.chip, mute: true })
  assert.deepEqual(await identifyAt(laid.service, READER), { kind: 'mute' })
  assert.deepEqual(await identifyAt(laid.service, 'nowhere'), {
    kind: 'unusable',
    failure: { kind: 'readerGone', reader: 'nowhere' },
  })
})

test('asking spends nothing and writes nothing', async () => {
  const laid = await layCard()
  await laid.run(identify)
  assert.equal(laid.chip.memory.writes, 0)
  assert.ok(laid.trace.every(({ ins }) => ins !== 0x20))
})
