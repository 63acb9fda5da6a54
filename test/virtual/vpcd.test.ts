/** The card's side of vpcd, against a driver that speaks as the facts page (PC/SC, section 1) says. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { attachToVpcd, VpcdFrames } from '../../drivers/virtual/vpcd.ts'
import { fromHex } from '../../src/base/hex.ts'
import { FakeChip } from './fake-chip.ts'
import { within } from './with-service.ts'

/** The driver: listens, sends messages, awaits answers. */
class Driver {
  readonly server: Server = createServer((socket) => {
    this.socket = socket
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      this.held = Buffer.concat([this.held, chunk])
    })
  })
  socket: Socket | undefined
  held = Buffer.alloc(0)

  async listen(port = 0): Promise<number> {
    this.server.listen(port, '127.0.0.1')
    await once(this.server, 'listening')
    return (this.server.address() as AddressInfo).port
  }

  async attached(): Promise<void> {
    if (this.socket === undefined || this.socket.destroyed) await once(this.server, 'connection')
  }

  send(...messages: readonly Uint8Array[]): void {
    for (const message of messages) {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(message.length)
      this.socket?.write(Buffer.concat([length, message]))
    }
  }

  async answer(): Promise<string> {
    for (;;) {
      if (this.held.length >= 2 && this.held.length >= 2 + this.held.readUInt16BE(0)) break
      await within(new Promise(() => {}), 2)
    }
    const end = 2 + this.held.readUInt16BE(0)
    const text = this.held.subarray(2, end).toString('hex')
    this.held = this.held.subarray(end)
    return text
  }

  close(): void {
    this.socket?.destroy()
    this.server.close()
  }
}

const OFF = Uint8Array.of(0)
const ON = Uint8Array.of(1)
const RESET = Uint8Array.of(2)
const ATR = Uint8Array.of(4)

test('insertion, power cycles, commands and resets as pcscd drives them', async () => {
  const driver = new Driver()
  const port = await driver.listen()
  const chip = new FakeChip()
  const stop = new AbortController()
  const done = attachToVpcd(chip, { host: '127.0.0.1', port }, stop.signal)
  await driver.attached()
  driver.send(ATR, ATR, ON, ATR)
  for (const _ of [1, 2, 3]) assert.equal(await driver.answer(), '3be000ff8131fe4514')
  assert.deepEqual(chip.log, ['on contact', 'off', 'on contact'])
  driver.send(fromHex('00 20 00 07'), fromHex('00 21 00 00'))
  assert.equal(await driver.answer(), '9000')
  assert.equal(await driver.answer(), '079000')
  driver.send(RESET, ATR, fromHex('00 21 00 00'))
  assert.equal(await driver.answer(), '3be000ff8131fe4514')
  assert.equal(await driver.answer(), '009000')
  chip.log.length = 0
  driver.send(OFF, ATR, ATR)
  await driver.answer()
  await driver.answer()
  assert.deepEqual(chip.log, ['off'], 'polling an unpowered card wakes nothing up')
  stop.abort()
  await done
  driver.close()
})

test('power lost in mid-command: the card falls silent and comes back, as if taken out and put in', async () => {
  const driver = new Driver()
  const port = await driver.listen()
  const chip = new FakeChip()
  chip.cut = { write: 1, at: 'inside' }
  const stop = new AbortController()
  const attached: boolean[] = []
  const options = { host: '127.0.0.1', port, retryMs: 10, onAttached: (is: boolean) => attached.push(is) }
  const done = attachToVpcd(chip, options, stop.signal)
  await driver.attached()
  driver.send(ON, fromHex('00 D6 00 00'))
  await once(driver.socket!, 'close')
  await driver.attached()
  driver.send(ATR)
  assert.equal(await driver.answer(), '3be000ff8131fe4514')
  stop.abort()
  await done
  assert.deepEqual(attached, [true, false, true, false])
  driver.close()
})

test('connects again when pcscd comes back, and stops when told', async () => {
  const first = new Driver()
  const port = await first.listen()
  const stop = new AbortController()
  const done = attachToVpcd(new FakeChip(), { host: '127.0.0.1', port, retryMs: 10 }, stop.signal)
  await first.attached()
  first.close()
  await once(first.server, 'close')
  const second = new Driver()
  await second.listen(port)
  await second.attached()
  stop.abort()
  assert.notEqual(await within(done, 500), 'waiting')
  second.close()
})

test('messages out of arbitrary pieces', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 700 })),
      fc.integer({ min: 1, max: 900 }),
      (messages, cut) => {
        const stream = Buffer.concat(
          messages.flatMap((m) => [Buffer.of(m.length >> 8, m.length & 0xff), Buffer.from(m)]),
        )
        const frames = new VpcdFrames()
        const seen: Uint8Array[] = []
        for (let at = 0; at < stream.length; at += cut) seen.push(...frames.push(stream.subarray(at, at + cut)))
        assert.deepEqual(seen, messages)
      },
    ),
    { numRuns: 200 },
  )
})
