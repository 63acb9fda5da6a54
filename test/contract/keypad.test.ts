/** A PIN typed at the reader's own keypad: it never reaches this program, and the rules are the same. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { asVirtualCard } from '../../apps/testkit/as-virtual-card.ts'
import { MemoryReaderService } from '../../drivers/virtual/memory/memory-service.ts'
import type { PinPadEntry } from '../../drivers/virtual/pin-pad/pin-pad.ts'
import { ReaderBay } from '../../drivers/virtual/reader/reader-bay.ts'
import { JpkiSession } from '../../src/applications/jpki/jpki-session.ts'
import { ascii } from '../../src/base/bytes.ts'
import { Card } from '../../src/card/card.ts'
import type { TraceLine } from '../../src/card/layers/trace.ts'
import { came } from './laid-card.ts'

async function withKeypad(...entries: readonly (string | 'cancelled' | 'timeout')[]) {
  const left = [...entries]
  const pinPad = async (): Promise<PinPadEntry> => {
    const entry = left.shift() ?? 'timeout'
    return entry === 'cancelled' || entry === 'timeout' ? entry : ascii(entry)
  }
  const bay = new ReaderBay()
  bay.plug('Keypad', { pinPad }).insert(asVirtualCard(SimulatedCard.fromImage(await makeCardImage('resident')), 'x'))
  const trace: TraceLine[] = []
  const card = came(await Card.open(new MemoryReaderService(bay), 'Keypad', { trace: (line) => trace.push(line) }))
  const verify = (lastTry: 'ask' | 'agreed' = 'ask') =>
    card.transaction(async (tx) => {
      assert.equal(await tx.hasPinPad(), true)
      return (await JpkiSession.open(tx)).verifyPin('auth', { keypad: { timeoutSeconds: 30 } }, lastTry)
    })
  return { verify, trace, left }
}

test('right, wrong, and the last try asked for before the keypad is', async () => {
  const { verify, trace, left } = await withKeypad('1234', '9999', '9999', '1234')
  assert.deepEqual(came(await verify()), { kind: 'verified' })
  assert.deepEqual(came(await verify()), { kind: 'wrongPin', triesLeft: 2 })
  assert.deepEqual(came(await verify()), { kind: 'wrongPin', triesLeft: 1 })
  assert.deepEqual(came(await verify()), { kind: 'lastTry' })
  assert.equal(left.length, 1)
  assert.deepEqual(came(await verify('agreed')), { kind: 'verified' })
  const typed = trace.filter(({ label }) => label === 'jpki: VERIFY auth PIN')
  assert.equal(typed.length, 4)
  assert.ok(typed.every(({ lc, sent }) => lc === 0 && sent === undefined))
})

test('nobody types, or somebody presses cancel: no try is spent', async () => {
  const { verify } = await withKeypad('timeout', 'cancelled', '1234')
  assert.deepEqual(came(await verify()), { kind: 'expired' })
  assert.deepEqual(await verify(), { kind: 'cancelled' })
  assert.deepEqual(came(await verify()), { kind: 'verified' })
})
