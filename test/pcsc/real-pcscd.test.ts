/** The same driver against pcscd itself, with a card behind vpcd (facts, PC/SC 1). */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { openPcsc } from '../../drivers/pcsc/pcsc.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { ReaderError, type ReaderEvent, type ReaderTrouble } from '../../src/card/ports.ts'
import { RealPcscd, VPCD_PORT, VPCD_READER } from '../interop/real-pcscd.ts'

const CARD = [process.execPath, join(import.meta.dirname, '../interop/attach-fake-chip.ts'), String(VPCD_PORT)]
const SELECT = fromHex('00A4040000')

const troubleIn = async (work: Promise<unknown>): Promise<ReaderTrouble['kind']> => {
  const error = await work.then(
    () => assert.fail('it succeeded'),
    (reason) => reason,
  )
  assert.ok(error instanceof ReaderError, String(error))
  return error.trouble.kind
}

test('pcscd: a card comes, is used, reset by another program, pulled, and the daemon stops', async (t) => {
  await using pcscd = await RealPcscd.start({ quickAck: true })
  process.env['PCSCLITE_CSOCK_NAME'] = pcscd.env.PCSCLITE_CSOCK_NAME
  const readers = await openPcsc({ deadlines: { transaction: 500 } })
  const stop = new AbortController()
  t.after(() => stop.abort())
  const events: ReaderEvent[] = []
  const watching = (async () => {
    for await (const event of readers.watch(stop.signal)) events.push(event)
  })()
  const heard = async (kind: ReaderEvent['kind'], reader = VPCD_READER) => {
    const told = (event: ReaderEvent) =>
      event.kind === kind &&
      ('state' in event ? event.state.name : 'reader' in event ? event.reader : reader) === reader
    for (let i = 0; !events.some(told); i++) {
      assert.ok(i < 100, `${kind} was not told within 5 s: ${JSON.stringify(events)}`)
      await delay(50)
    }
  }
  await heard('readerAdded')

  const laid = await pcscd.attach(CARD)
  await heard('cardInserted')
  const mine = await readers.connect(VPCD_READER, 'shared')
  assert.ok(mine.atr.length > 1)
  assert.match(hex(await mine.transmit(SELECT)), /^(..)*....$/)
  await mine.beginTransaction()
  assert.equal(await troubleIn(readers.connect(VPCD_READER, 'shared')), 'inUse')
  await mine.endTransaction('leave')

  const other = await readers.connect(VPCD_READER, 'shared')
  assert.equal(await troubleIn(mine.beginTransaction()), 'inUse')
  assert.equal(hex(await other.reconnect('reset')), hex(mine.atr))
  assert.equal(await troubleIn(mine.transmit(SELECT)), 'cardReset')
  await mine.reconnect('leave')
  assert.ok((await mine.transmit(SELECT)).length >= 2)
  await other.disconnect('leave')

  await laid.detach()
  await heard('cardRemoved')
  // The daemon says "not transacted" until it has seen that the card is gone.
  const gone = await troubleIn(mine.transmit(SELECT))
  assert.ok(['cardGone', 'communication'].includes(gone), gone)
  await mine.disconnect('leave')
  assert.equal(await troubleIn(readers.connect(VPCD_READER, 'shared')), 'noCard')

  await pcscd[Symbol.asyncDispose]()
  await heard('trouble')
  assert.equal(await troubleIn(readers.list()), 'serviceDown')
  stop.abort()
  await watching
  await readers.close()
})
