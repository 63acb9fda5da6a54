/**
 * The moment between exclusive and shared use (decision 0012), in which another program may take the card: nothing that was done is lost,
 * whoever needs the card next waits with a bound, is told `inUse` with its own code, and has the card again when it is free.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BindingError } from '../../drivers/pcsc/binding.ts'
import type { BindingCalls } from '../../drivers/pcsc/binding-calls.ts'
import { pcscOver } from '../../drivers/pcsc/pcsc.ts'
import { isFailureCode } from '../../src/base/failures/catalogue.ts'
import { Card } from '../../src/card/card.ts'
import { failureCode } from '../../src/card/card-failure.ts'
import { ReaderError } from '../../src/card/ports.ts'

const READER = 'Reader'
const SELECT = Uint8Array.of(0x00, 0xa4, 0x04, 0x00)
const EXCLUSIVE = 1
const SHARING = 'Sharing violation'

/** The thread that holds the binding, as far as one card goes. Another program has the card while `taken` says so. */
function oneCard() {
  let own: 'shared' | 'exclusive' | undefined
  const card = { taken: () => false, lost: undefined as string | undefined, calls: [] as string[] }
  const raw = () => ({ id: 1, protocol: 2, atr: Uint8Array.of(0x3b, 0x00) })
  const free = () => {
    if (!card.taken()) return
    card.lost = own === undefined ? SHARING : undefined
    throw new BindingError(SHARING)
  }
  const held = () => {
    if (own === undefined) throw new BindingError(card.lost ?? 'Card is not connected')
  }
  const refused = () => Promise.reject(new Error('not asked here'))
  const binding: BindingCalls = {
    list: refused,
    wait: refused,
    endWait: async () => {},
    control: refused,
    async connect() {
      own = 'shared'
      return raw()
    },
    async transmit() {
      held()
      card.calls.push(`transmit ${own}`)
      return Uint8Array.of(0x90, 0x00)
    },
    async checkStatus() {
      held()
    },
    async reconnect(_id, share) {
      held()
      free()
      own = share === EXCLUSIVE ? 'exclusive' : 'shared'
      return raw()
    },
    async reopen() {
      card.calls.push('let go')
      own = undefined
      free()
      own = 'shared'
      return raw()
    },
    async disconnect() {
      own = undefined
    },
  }
  return { card, readers: pcscOver(binding, { deadlines: { transaction: 300 } }) }
}

const kindOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => assert.fail('it succeeded'),
    (reason) => reason,
  )
  assert.ok(error instanceof ReaderError, String(error))
  return error.trouble.kind
}

test('taken while it was let go: what was done stands; the next transaction waits until it is free, and goes on', async () => {
  const { card, readers } = oneCard()
  const mine = await readers.connect(READER, 'shared')
  await mine.beginTransaction()
  await mine.transmit(SELECT)
  const until = performance.now() + 120
  card.taken = () => performance.now() < until
  await mine.endTransaction('leave')
  await mine.beginTransaction()
  assert.ok(performance.now() >= until, 'it waited')
  await mine.transmit(SELECT)
  await mine.endTransaction('leave')
  assert.deepEqual(
    card.calls.filter((call) => call !== 'let go'),
    ['transmit exclusive', 'transmit exclusive'],
  )
})

test('taken for longer than the patience: `inUse`, within its bound, and again the card as soon as it is free', async () => {
  const { card, readers } = oneCard()
  const mine = await readers.connect(READER, 'shared')
  await mine.beginTransaction()
  card.taken = () => true
  await mine.endTransaction('leave')
  for (const use of [() => mine.beginTransaction(), () => mine.transmit(SELECT), () => mine.reconnect('leave')]) {
    const start = performance.now()
    assert.equal(await kindOf(use()), 'inUse')
    const took = performance.now() - start
    assert.ok(took >= 200 && took < 600, `${took.toFixed()} ms`)
  }
  card.taken = () => false
  await mine.beginTransaction()
  await mine.transmit(SELECT)
  await mine.endTransaction('leave')
})

test('whoever gives up waiting is let go at once', async () => {
  const { card, readers } = oneCard()
  const mine = await readers.connect(READER, 'shared')
  await mine.beginTransaction()
  card.taken = () => true
  await mine.endTransaction('leave')
  const cancel = new AbortController()
  const waiting = kindOf(mine.beginTransaction(cancel.signal))
  setTimeout(() => cancel.abort(), 20)
  const start = performance.now()
  assert.equal(await waiting, 'cancelled')
  assert.ok(performance.now() - start < 150)
})

test('a terminal’s card outlives it: the turn is told who has the card by a stable code, and the next one has it', async () => {
  const { card, readers } = oneCard()
  const opened = await Card.open(readers, READER)
  assert.ok(opened.kind === 'ok')
  const use = () => opened.value.transaction((tx) => tx.raw('select')(SELECT))
  card.taken = () => card.calls.includes('transmit exclusive') && !gone
  let gone = false
  assert.equal((await use()).kind, 'ok', 'what was done is told as done')
  const refused = await use()
  assert.ok(refused.kind !== 'ok')
  assert.equal(failureCode(refused), 'inUse')
  assert.ok(isFailureCode('inUse'))
  assert.ok(!opened.value.alive.aborted, 'the card is not given up')
  gone = true
  assert.equal((await use()).kind, 'ok')
  await opened.value.close()
})
