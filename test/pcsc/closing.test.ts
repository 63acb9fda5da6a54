/**
 * A process with two services over one pcscd: whatever they do when the card is lifted – watch, use it, hold it, begin a transaction –
 * both close at once, and the process lets go of every reader.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { openPcsc } from '../../drivers/pcsc/pcsc.ts'
import { fromHex } from '../../src/base/hex.ts'
import { watchCards } from '../../src/card/card-events.ts'
import { cardSeen } from '../interop/paths.ts'
import { RealPcscd, VPCD_PORT, VPCD_READER } from '../interop/real-pcscd.ts'

const CARD = [process.execPath, join(import.meta.dirname, '../interop/attach-fake-chip.ts'), String(VPCD_PORT)]
const SELECT = fromHex('00A4040000')
/** A wait at the service that is not ended by its cancel lasts a second. */
const AT_ONCE_MS = 900

test('opened, used, lifted and closed, again and again, beside a second service with the same card', {
  timeout: 60_000,
}, async () => {
  await using pcscd = await RealPcscd.start({ quickAck: true })
  const socket = pcscd.env.PCSCLITE_CSOCK_NAME
  process.env['PCSCLITE_CSOCK_NAME'] = socket
  for (const lifted of ['before', 'seen', 'during', 'after'] as const)
    for (const letsGo of [true, false]) {
      const laid = await pcscd.attach(CARD)
      await cardSeen(socket, true)
      const [terminal, beside] = [await openPcsc(), await openPcsc({ deadlines: { transaction: 100 } })]
      const stop = new AbortController()
      const used = Promise.withResolvers<string>()
      const watching = (async () => {
        for await (const event of watchCards(terminal, stop.signal)) {
          if (event.kind !== 'cardInserted') continue
          const said = await event.card.transaction((tx) => tx.raw('select')(SELECT), { disposition: 'unpower' })
          used.resolve(said.kind)
        }
      })()
      assert.equal(await used.promise, 'ok')
      const second = await beside.connect(VPCD_READER, 'shared')
      await second.transmit(SELECT)
      await assert.rejects(second.beginTransaction(), 'the terminal has the card open')
      if (letsGo) await second.disconnect('leave')
      const lifting = lifted === 'after' ? undefined : laid.detach()
      if (lifted === 'before' || lifted === 'seen') await lifting
      if (lifted === 'seen') await cardSeen(socket, false)
      if (lifted === 'during') await delay(20)

      const start = performance.now()
      stop.abort()
      await watching
      await terminal.close()
      await beside.close()
      const took = performance.now() - start
      assert.ok(
        took < AT_ONCE_MS,
        `lifted ${lifted}, second connection ${letsGo ? 'gone' : 'open'}: ${took.toFixed()} ms`,
      )
      await (lifting ?? laid.detach())
      await cardSeen(socket, false)
    }
})
