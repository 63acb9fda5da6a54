/** get-response, chaining, secure messaging and trace, each by itself. */
import assert from 'node:assert/strict'
import { createCipheriv } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { ascii, concat, uint } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { command, decodeCommand, encodeCommand } from '../../src/card/command.ts'
import { chaining } from '../../src/card/layers/chaining.ts'
import { getResponse } from '../../src/card/layers/get-response.ts'
import type { Transmit } from '../../src/card/layers/layer.ts'
import { secureMessaging } from '../../src/card/layers/secure-messaging.ts'
import { formatTraceLine, type TraceLine, trace } from '../../src/card/layers/trace.ts'
import { ReaderError } from '../../src/card/ports.ts'

/** Answers in turn, and remembers what was sent. */
function wire(...answers: readonly string[]) {
  const sent: string[] = []
  const transmit: Transmit = async (apdu) => {
    sent.push(hex(apdu))
    return fromHex(answers[sent.length - 1] ?? '6F00')
  }
  return { sent, transmit }
}

describe('get-response', () => {
  test('61xx is collected', async () => {
    const { sent, transmit } = wire('61 02', 'AABB 61 01', 'CC 9000')
    assert.equal(hex(await getResponse(transmit)(fromHex('00B0000000'))), 'AABBCC9000')
    assert.deepEqual(sent, ['00B0000000', '00C0000002', '00C0000001'])
  })

  test('6Cxx is asked again with the right length', async () => {
    const { sent, transmit } = wire('6C 03', 'AABBCC 9000')
    assert.equal(hex(await getResponse(transmit)(fromHex('00B0000000'))), 'AABBCC9000')
    assert.deepEqual(sent, ['00B0000000', '00B0000003'])
  })

  test('a command that presents a secret is never sent twice', async () => {
    for (const ins of ['20', '24', '2C', '32', '82'])
      for (const le of ['', '00']) {
        const { sent, transmit } = wire('6C04', '9000')
        assert.equal(hex(await getResponse(transmit)(fromHex(`00${ins}0080 04 31323334 ${le}`))), '6C04')
        assert.equal(sent.length, 1)
      }
  })

  test('a card that never comes to an end is left', async () => {
    let count = 0
    const endless: Transmit = async () => {
      count++
      return fromHex('61 10')
    }
    await getResponse(endless)(fromHex('00B0000000'))
    assert.ok(count <= 1100)
  })
})

describe('chaining', () => {
  test('a long command in pieces, the last with Le', async () => {
    const { sent, transmit } = wire('9000', '9000')
    const data = new Uint8Array(300).fill(7)
    assert.equal(hex(await chaining(transmit)(encodeCommand(command(0x80, 0xae, 0, 0, { data, ne: 256 })))), '9000')
    assert.deepEqual(
      sent.map((apdu) => [apdu.slice(0, 10), apdu.length / 2]),
      [
        ['90AE0000FF', 260],
        ['80AE00002D', 51],
      ],
    )
  })

  test('the first refusal is the answer', async () => {
    const { sent, transmit } = wire('6884')
    const apdu = encodeCommand(command(0x80, 0xae, 0, 0, { data: new Uint8Array(600) }))
    assert.equal(hex(await chaining(transmit)(apdu)), '6884')
    assert.equal(sent.length, 1)
  })

  test('property: the pieces are the whole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (data) => {
        const pieces: Uint8Array[] = []
        const transmit: Transmit = async (apdu) => {
          const piece = decodeCommand(apdu)
          pieces.push(piece?.data.slice() ?? new Uint8Array())
          assert.equal(((piece?.cla ?? 0) & 0x10) === 0, concat(...pieces).length === data.length)
          return fromHex('9000')
        }
        await chaining(transmit)(encodeCommand(command(0x80, 0xe8, 0, 0, { data })))
        assert.deepEqual(concat(...pieces), data)
      }),
      { numRuns: 100 },
    )
  })
})

describe('secure messaging (facts 3.7)', () => {
  const key = fromHex('000102030405060708090A0B0C0D0E0F')
  /** The card's side, from the facts, with another implementation of AES. */
  const aes = (iv: Uint8Array, bytes: Uint8Array) =>
    createCipheriv('aes-128-cbc', key, iv).setAutoPadding(false).update(bytes)
  const ivOf = (counter: number) => aes(new Uint8Array(16), concat(new Uint8Array(12), uint(counter, 4)))

  test('VERIFY and READ BINARY as the facts code them', async () => {
    const plain = concat(ascii('1234'), fromHex('80'), new Uint8Array(11))
    const answer = concat(ascii('123456789018'), fromHex('80000000'))
    const { sent, transmit } = wire('9000', `8611 01 ${hex(aes(ivOf(2), answer))} 9000`)
    const secure = secureMessaging(key)(transmit)
    assert.equal(hex(await secure(fromHex('00200091 04 31323334'))), '9000')
    assert.equal(hex(await secure(fromHex('00B0810011'))), `${hex(ascii('123456789018'))}9000`)
    assert.equal(sent[0], `08200091 13 8611 01${hex(aes(ivOf(1), plain))}`.replaceAll(' ', ''))
    assert.equal(sent[1], '08B0810005960300001100')
  })

  test('an answer that is not whole is refused, and nothing else is carried', async () => {
    for (const answer of ['8601 01 9000', '8711 01 00 9000', '86 03 01 AABB 9000', 'AABB9000']) {
      const { transmit } = wire(answer)
      assert.equal(hex(await secureMessaging(key)(transmit)(fromHex('00B0810011'))), '6988', answer)
    }
    const { sent, transmit } = wire()
    for (const apdu of ['802A000033', '00240180 04 31323334', '10200091 04 31323334'])
      await assert.rejects(secureMessaging(key)(transmit)(fromHex(apdu)), RangeError)
    assert.deepEqual(sent, [])
  })
})

describe('trace', () => {
  const lines = async (exchanges: readonly (readonly [string, string])[]) => {
    const out: TraceLine[] = []
    let now = 0
    const { transmit } = wire(...exchanges.map(([, answer]) => answer))
    const traced = trace(
      (line) => out.push(line),
      { now: () => now++ },
      () => 'test',
    )(transmit)
    for (const [apdu] of exchanges) await traced(fromHex(apdu))
    return out
  }

  test('bodies are masked in both directions: 20, 24, 2C, 32, certificates, signatures', async () => {
    const secret = hex(ascii('ABC123'))
    const out = await lines([
      [`00200080 06 ${secret}`, '63C4'],
      [`00240180 06 ${secret}`, '9000'],
      [`002C0280 06 ${secret}`, '9000'],
      [`80320080 06 ${secret}`, '9000'],
      ['00B0000000', `3082062B${secret} 9000`],
      [`802A0080 06 ${secret} 00`, `${secret}9000`],
      [`08A4020C 06 ${secret}`, '9000'],
    ])
    assert.equal(out.length, 7)
    const text = JSON.stringify(out) + out.map(formatTraceLine).join()
    assert.ok(!text.includes(secret) && !text.includes('3082062B'))
    assert.ok(out.every((line) => line.sent === undefined && line.answer === undefined))
    assert.deepEqual(out[0], {
      at: 0,
      label: 'test',
      cla: 0,
      ins: 0x20,
      p1: 0,
      p2: 0x80,
      lc: 6,
      le: 0,
      received: 0,
      sw: 0x63c4,
      ms: 1,
    })
  })

  test('names of applications may be seen', async () => {
    const [select] = await lines([['00A4040C0AD392F000260100000001', '9000']])
    assert.equal(select?.sent, 'D392F000260100000001')
    assert.equal(formatTraceLine(select as TraceLine), 'test  00 A4 04 0C  Lc 10 Le 0 → 9000, 0 bytes, 1 ms')
  })

  test('a command without an answer is told too', async () => {
    const out: TraceLine[] = []
    const failing = trace(
      (line) => out.push(line),
      { now: () => 0 },
      () => 'test',
    )(async () => {
      throw new ReaderError({ kind: 'cardGone', reader: 'R' })
    })
    await assert.rejects(failing(fromHex('00840000 08')), ReaderError)
    assert.equal(out[0]?.trouble, 'cardGone')
  })
})
