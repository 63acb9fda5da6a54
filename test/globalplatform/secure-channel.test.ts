/** Every key length × i × level against a peer written from the facts page alone (facts: SCP03; issue: matrix). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { GpError } from '../../src/applications/globalplatform/gp-error.ts'
import { keySet } from '../../src/applications/globalplatform/key-set.ts'
import { LEVELS, OPTION } from '../../src/applications/globalplatform/scp03-session.ts'
import { type ChannelOptions, openSecureChannel } from '../../src/applications/globalplatform/secure-channel.ts'
import { concat, equal, uint } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { type Command, command, decodeResponse, encodeCommand } from '../../src/card/command.ts'
import { Peer, type PeerOptions, referenceCmac } from './peer.ts'

const random = { bytes: (length: number) => Uint8Array.from({ length }, (_, i) => i * 7 + 1) }
const keysOf = (length: number) =>
  keySet(
    1,
    ...([1, 2, 3].map((seed) => Uint8Array.from({ length }, (_, i) => i * 5 + seed)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ]),
  )
const ISD = fromHex('A000000151000000')

function openTo(peer: Peer, keyLength: number, i: number, rest: Partial<ChannelOptions> = {}) {
  const options = { transmit: peer.transmit, keys: keysOf(keyLength), level: 0x33, random, s16: (i & OPTION.S16) !== 0 }
  return openSecureChannel({ ...options, ...rest } as ChannelOptions)
}

const echo = (plain: Command) => ({ data: concat(plain.data, uint(plain.ins, 1)), sw: 0x9000 })
const supports = (i: number, level: number) =>
  (!(level & 0x10) || (i & OPTION.R_MAC) !== 0) && (!(level & 0x20) || (i & OPTION.R_ENCRYPTION) !== 0)

for (const keyLength of [16, 24, 32])
  for (const i of [0x00, 0x10, 0x20, 0x30, 0x60, 0x70, 0x01, 0x11, 0x21, 0x31, 0x61, 0x71])
    for (const level of LEVELS)
      test(`AES-${keyLength * 8}, i = ${hex(uint(i, 1))}, level ${hex(uint(level, 1))}`, async () => {
        const seen: Command[] = []
        const peer = new Peer({
          keys: keysOf(keyLength),
          i,
          handle: (plain) => {
            seen.push(plain)
            return plain.ins === 0xca ? { sw: 0x6a88 } : echo(plain)
          },
        })
        if (!supports(i, level)) {
          await assert.rejects(openTo(peer, keyLength, i, { level }), (error) => kindOf(error) === 'unsupported')
          assert.equal(peer.level, undefined, 'nothing was authenticated')
          return
        }
        const channel = await openTo(peer, keyLength, i, { level })
        assert.equal(channel.challengeIsGenuine(ISD), i & OPTION.PSEUDO_RANDOM ? true : undefined)
        // With data, without data, refused bare in between, aligned to a block, as much as fits.
        for (const length of [3, 0, 16, channel.maxData, 1]) {
          const data = random.bytes(length)
          await channel.transmit(encodeCommand(command(0x80, 0xca, 0, 0)))
          const response = decodeResponse(
            await channel.transmit(encodeCommand(command(0x80, 0xf2, 0x40, 0x02, { data }))),
          )
          assert.deepEqual(response, { data: concat(data, fromHex('F2')), sw: 0x9000 })
          assert.equal(hex(seen.at(-1)?.data ?? ISD), hex(data))
        }
      })

test('logical channels 0–19 and extended length are MACed as 6.2.4 says', async () => {
  for (const channel of [0, 1, 3, 4, 5, 19]) {
    const classes: number[] = []
    const peer = new Peer({ keys: keysOf(16), i: 0x70, handle: echo })
    const transmit = (apdu: Uint8Array) => {
      classes.push(apdu[0] as number)
      return peer.transmit(apdu)
    }
    const opened = await openTo(peer, 16, 0x70, { transmit, channel })
    const data = random.bytes(600)
    const answer = await opened.transmit(encodeCommand(command(0x80, 0xe2, 0, 0, { data, ne: 0x10000 })))
    assert.equal(hex(answer), `${hex(data)}E29000`)
    const secured = channel < 4 ? 0x84 | channel : 0xe0 | (channel - 4)
    assert.deepEqual(classes, [channel < 4 ? 0x80 | channel : 0xc0 | (channel - 4), secured, secured])
  }
})

test('BEGIN and END R-MAC SESSION protect what lies between them', async () => {
  const lengths: number[] = []
  const peer = new Peer({ keys: keysOf(16), i: 0x70, handle: echo })
  const transmit = async (apdu: Uint8Array) => {
    const response = await peer.transmit(apdu)
    lengths.push(response.length)
    return response
  }
  const channel = await openTo(peer, 16, 0x70, { transmit, level: 0x03 })
  const once = async () => hex(await channel.transmit(fromHex('80F2000001AB')))
  lengths.length = 0
  assert.equal(await once(), 'ABF29000')
  assert.equal(await channel.beginRmac(0x30), 0x9000)
  assert.equal(channel.level, 0x33)
  assert.equal(await once(), 'ABF29000')
  assert.equal(await channel.endRmac(), 0x9000)
  assert.equal(await once(), 'ABF29000')
  assert.deepEqual(lengths, [4, 2, 16 + 8 + 2, 8 + 2, 4])
})

test('a changed response ends the channel: nothing more goes through it', async () => {
  for (const change of [
    (response: Uint8Array) => response.map((byte, i) => (i === 0 ? byte ^ 1 : byte)),
    (response: Uint8Array) => concat(response.subarray(0, -2), fromHex('6200')),
    (response: Uint8Array) => response.slice(-2),
    () => fromHex('90'),
  ]) {
    let meddling = false
    let sent = 0
    const peer = new Peer({
      keys: keysOf(16),
      i: 0x70,
      handle: echo,
      meddle: (response) => (meddling ? change(response) : response),
    })
    const channel = await openTo(peer, 16, 0x70, {
      transmit: (apdu) => {
        sent++
        return peer.transmit(apdu)
      },
    })
    assert.equal(hex(await channel.transmit(fromHex('80F2000001AB'))), 'ABF29000')
    meddling = true
    await assert.rejects(channel.transmit(fromHex('80F2000001AB')), (error) => kindOf(error) === 'untrusted')
    const before = sent
    await assert.rejects(channel.transmit(fromHex('80F2000001AB')), (error) => kindOf(error) === 'channelClosed')
    assert.equal(sent, before)
    assert.equal(channel.level, undefined)
  }
})

test('wrong keys are noticed at the card cryptogram, before the card counts a failed try', async () => {
  const sent: number[] = []
  const peer = new Peer({ keys: keysOf(32), i: 0x70, handle: echo })
  const transmit = (apdu: Uint8Array) => {
    sent.push(apdu[1] as number)
    return peer.transmit(apdu)
  }
  await assert.rejects(openTo(peer, 16, 0x70, { transmit }), (error) => kindOf(error) === 'untrusted')
  assert.deepEqual(sent, [0x50])
})

test('a card that refuses the host cryptogram is named with status word and section', async () => {
  const peer = new Peer({ keys: keysOf(16), i: 0x70, handle: echo } satisfies PeerOptions)
  const transmit = (apdu: Uint8Array) => (apdu[1] === 0x82 ? Promise.resolve(fromHex('6300')) : peer.transmit(apdu))
  await assert.rejects(openTo(peer, 16, 0x70, { transmit }), /EXTERNAL AUTHENTICATE refused with 6300.*SCP03 7\.1\.2/)
})

test('CMAC of the peer is the one of RFC 4493', () => {
  const key = fromHex('2b7e151628aed2a6abf7158809cf4f3c')
  assert.equal(hex(referenceCmac(key, new Uint8Array())), 'BB1D6929E95937287FA37D129B756746')
  assert.equal(hex(referenceCmac(key, fromHex('6bc1bee22e409f96e93d7e117393172a'))), '070A16B46B4D4144F79BDD9DD04A287C')
})

test('any sequence of commands and answers arrives as it was sent, both ways', async () => {
  const exchange = fc.record({
    cla: fc.constantFrom(0x00, 0x80, 0x90),
    // GET STATUS, INSTALL, STORE DATA, READ BINARY: anything the peer does not treat by itself.
    ins: fc.constantFrom(0xf2, 0xe6, 0xe2, 0xb0),
    data: fc.uint8Array({ maxLength: 300 }),
    answer: fc.uint8Array({ maxLength: 200 }),
    sw: fc.constantFrom(0x9000, 0x6310, 0x6283, 0x6a88, 0x6982),
  })
  const setting = fc.record({
    keyLength: fc.constantFrom(16, 24, 32),
    i: fc.constantFrom(0x60, 0x70, 0x61, 0x71),
    level: fc.constantFrom(...LEVELS),
  })
  await fc.assert(
    fc.asyncProperty(setting, fc.array(exchange, { maxLength: 8 }), async ({ keyLength, i, level }, exchanges) => {
      let next: (typeof exchanges)[number] | undefined
      const peer = new Peer({
        keys: keysOf(keyLength),
        i,
        handle: (plain) => {
          assert.ok(next && equal(plain.data, next.data) && plain.ins === next.ins)
          return { data: next.answer, sw: next.sw }
        },
      })
      const channel = await openTo(peer, keyLength, i, { level })
      for (next of exchanges) {
        const sent = command(next.cla, next.ins, 1, 2, { data: next.data, ne: 256 })
        const bare = level & 0x10 && next.sw >= 0x6400 && next.sw !== 0x9000
        const expected = bare ? uint(next.sw, 2) : concat(next.answer, uint(next.sw, 2))
        assert.equal(hex(await channel.transmit(encodeCommand(sent))), hex(expected))
      }
    }),
    { numRuns: 60 },
  )
})

test('no answer that is not the card’s is taken: any bytes are refused, never an exception', async () => {
  const peer = new Peer({ keys: keysOf(16), i: 0x70, handle: echo })
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(0x9000, 0x6310, 0x6283), async (body, sw) => {
      let forge = false
      const transmit = async (apdu: Uint8Array) => (forge ? concat(body, uint(sw, 2)) : peer.transmit(apdu))
      const channel = await openTo(peer, 16, 0x70, { transmit })
      forge = true
      await assert.rejects(channel.transmit(fromHex('80F2000001AB')), (error) => kindOf(error) === 'untrusted')
    }),
    { numRuns: 200 },
  )
})

const kindOf = (error: unknown) => (error instanceof GpError ? error.problem.kind : error)
