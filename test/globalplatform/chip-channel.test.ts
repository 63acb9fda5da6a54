/** The client's channel with the simulated chip where the matrix does not reach: extended lengths, the end of a session. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authenticating } from '../../src/applications/globalplatform/scp03-session.ts'
import { openSecureChannel, SecureChannel } from '../../src/applications/globalplatform/secure-channel.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { chipCard, seededRandom, testKeys } from './chip-card.ts'

async function opened(level: 0x01 | 0x33) {
  const { transmit } = await chipCard()
  await transmit(fromHex('00A4040000'))
  const sent: string[] = []
  const heard = (apdu: Uint8Array) => {
    sent.push(hex(apdu))
    return transmit(apdu)
  }
  return {
    sent,
    channel: await openSecureChannel({ transmit: heard, keys: testKeys(), level, random: seededRandom(1) }),
  }
}

test('a short data field with an extended Le is MACed with the extended Lc it travels with (6.2.4)', async () => {
  for (const level of [0x01, 0x33] as const) {
    const { channel, sent } = await opened(level)
    assert.match(hex(await channel.transmit(fromHex('80F280020000024F000000'))), /^E3.*9000$/)
    assert.match(sent.at(-1) ?? '', /^84F280020000(0A|18)/)
    assert.match(hex(await channel.transmit(fromHex('80F28002024F0000'))), /^E3.*9000$/, 'and short again')
  }
})

test('closing a channel zeroes its session keys; so does an answer that is not the card’s', async () => {
  for (const end of ['close', 'false answer'] as const) {
    const { channel: real } = await opened(0x33)
    const session = { enc: fill(1), mac: fill(2), rmac: fill(3) }
    const state = { ...authenticating(session, 8, 0), level: 0x33, counter: 1 }
    const channel = new SecureChannel(async () => fromHex('00112233445566779000'), real.card, real.keys, state)
    if (end === 'close') channel.close()
    else await assert.rejects(channel.transmit(fromHex('80CA00E000')), /response MAC/)
    assert.equal(channel.level, undefined)
    for (const key of Object.values(session)) assert.deepEqual(key, new Uint8Array(16), end)
    assert.notDeepEqual(real.keys.enc, new Uint8Array(16), 'the static keys are the caller’s')
  }
})

const fill = (byte: number): Uint8Array => new Uint8Array(16).fill(byte)
