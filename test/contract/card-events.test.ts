/** Cards that come and go are events; a mute or busy one is an event like any other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { asVirtualCard } from '../../apps/testkit/as-virtual-card.ts'
import { MemoryReaderService } from '../../drivers/virtual/memory/memory-service.ts'
import { ReaderBay } from '../../drivers/virtual/reader/reader-bay.ts'
import { identify } from '../../src/applications/identify/identify.ts'
import { type CardEvent, watchCards } from '../../src/card/card-events.ts'

test('insert, use, pull, mute, unplug', async () => {
  const bay = new ReaderBay()
  const reader = bay.plug('A')
  const chip = SimulatedCard.fromImage(await makeCardImage('resident'))
  const stop = new AbortController()
  const events = watchCards(new MemoryReaderService(bay), stop.signal)
  const next = async (kind: CardEvent['kind']): Promise<CardEvent> => {
    for (;;) {
      const { value, done } = await events.next()
      assert.ok(!done, `no ${kind}`)
      if (value.kind === kind) return value
    }
  }
  assert.deepEqual(await next('readerAdded'), { kind: 'readerAdded', reader: 'A' })
  reader.insert(asVirtualCard(chip, 'resident'))
  const inserted = await next('cardInserted')
  assert.ok(inserted.kind === 'cardInserted')
  const { card } = inserted
  const found = await card.transaction(identify)
  assert.equal(found.kind === 'ok' && found.value.kind, 'myNumberCard')
  reader.remove()
  await next('cardRemoved')
  assert.equal(card.alive.aborted, true)
  assert.deepEqual(await card.transaction(identify), { kind: 'cardGone', reader: 'A' })
  reader.insert({ chip, mute: true })
  assert.deepEqual(await next('cardUnusable'), {
    kind: 'cardUnusable',
    reader: 'A',
    failure: { kind: 'mute', reader: 'A' },
  })
  bay.plug('B')
  assert.deepEqual(await next('readerAdded'), { kind: 'readerAdded', reader: 'B' })
  bay.unplug('A')
  assert.deepEqual(await next('readerRemoved'), { kind: 'readerRemoved', reader: 'A' })
  stop.abort()
  assert.equal((await events.next()).done, true)
})

test('a card pulled in the middle of a transaction: a value, and its queue is over', async () => {
  const bay = new ReaderBay()
  const reader = bay.plug('A')
  reader.insert(asVirtualCard(SimulatedCard.fromImage(await makeCardImage('resident')), 'resident'))
  const stop = new AbortController()
  for await (const event of watchCards(new MemoryReaderService(bay), stop.signal)) {
    if (event.kind !== 'cardInserted') continue
    reader.addFault({ kind: 'pull', command: 3 })
    const outcome = await event.card.transaction(identify)
    assert.equal(outcome.kind, 'cardGone')
    assert.equal(event.card.alive.aborted, true)
    stop.abort()
  }
})
