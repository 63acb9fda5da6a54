/** PC/SC part 10 through CONTROL: features, PIN entry at the reader, and that the PIN never comes back to the client. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PinPad, PinPadEntry, PinPadPrompt } from '../../drivers/virtual/pin-pad/pin-pad.ts'
import { fromHex } from '../../src/base/hex.ts'
import { u32 } from './raw-client.ts'
import { TestService, within } from './with-service.ts'

const GET_FEATURE_REQUEST = 0x42000000 + 3400
const digits = (text: string) => new TextEncoder().encode(text)

/** Types prepared entries; keeps the prompts and the arrays it handed out. */
function typist(...entries: readonly PinPadEntry[]) {
  const prompts: PinPadPrompt[] = []
  const queue = [...entries]
  const pinPad: PinPad = async (prompt) => {
    prompts.push(prompt)
    return queue.shift() ?? 'cancelled'
  }
  return { pinPad, prompts }
}

async function ready(pinPad: PinPad | undefined) {
  const it = await TestService.start()
  it.withCard('A', pinPad === undefined ? {} : { pinPad })
  const client = await it.client()
  const card = await client.handle('A')
  const { answer } = await client.control(card, GET_FEATURE_REQUEST)
  const features = new Map<number, number>()
  for (let at = 0; at < answer.length; at += 6) features.set(answer[at]!, answer.readUInt32BE(at + 2))
  return { it, client, card, features }
}

/** PIN_VERIFY structure: time-out 30 s, given format bytes, 4–16 characters. */
function verifyStructure(command: string, { format = 0x82, block = 0, length = 0 } = {}): Uint8Array {
  const data = fromHex(command)
  return Buffer.concat([
    Buffer.of(30, 0, format, block, length, 0x10, 0x04, 2, 0xff, 0x11, 0x04, 0, 0, 0, 0),
    u32(data.length),
    data,
  ])
}

function modifyStructure(command: string, confirm: number, offsetNew: number): Uint8Array {
  const data = fromHex(command)
  const head = Buffer.of(30, 0, 0x82, 4, 0, 0, offsetNew, 0x10, 0x04, confirm, 2, 0xff, 0x11, 0x04, 0, 1, 2, 0, 0, 0)
  return Buffer.concat([head, u32(data.length), data])
}

test('without a keypad only the TLV properties are offered, and PIN entry is refused', async () => {
  const { it, client, card, features } = await ready(undefined)
  await using _ = it
  assert.deepEqual([...features.keys()], [0x12])
  assert.equal((await client.control(card, 0x42000000 + 3506, verifyStructure('00 20 00 80'))).rv, 0x8010001f)
  assert.equal((await client.control(card, 0x42000000 + 1)).rv, 0x8010001f)
})

test('with a keypad: features 06, 07, 0A, 12, and their codes work', async () => {
  const { it, client, card, features } = await ready(typist().pinPad)
  await using _ = it
  assert.deepEqual([...features.keys()], [0x06, 0x07, 0x0a, 0x12])
  assert.equal((await client.control(card, features.get(0x0a)!)).answer.length, 4)
  assert.equal((await client.control(card, features.get(0x12)!)).answer[0], 6)
})

test('verify: the entry goes to the card and only its answer comes back', async () => {
  const entry = digits('1234')
  const { pinPad, prompts } = typist(entry)
  const { it, client, card, features } = await ready(pinPad)
  await using _ = it
  // INS 0E of the fake chip echoes what it got: the test sees what was built.
  const { answer } = await client.control(card, features.get(0x06)!, verifyStructure('00 0E 00 80'))
  assert.equal(answer.toString('hex'), '313233349000')
  assert.deepEqual(prompts, [{ reader: 'A', purpose: 'verify', minLength: 4, maxLength: 16, timeoutSeconds: 30 }])
  assert.deepEqual([...entry], [0, 0, 0, 0], 'the entry is overwritten')
})

test('verify: blocks, justification, BCD and a length field (part 10, 2.5.2)', async () => {
  const cases: readonly [what: string, command: string, format: object, expected: string][] = [
    ['padded with the template', '00 0E 00 80 08 FF FF FF FF FF FF FF FF', { block: 8 }, '31323334ffffffff'],
    ['padded without a template', '00 0E 00 80', { block: 8 }, '31323334ffffffff'],
    ['right-justified', '00 0E 00 80', { block: 6, format: 0x86 }, 'ffff31323334'],
    [
      'BCD at byte 1 with its length before it',
      '00 0E 00 80 04 00 FF FF FF',
      { format: 0x89, block: 0x83, length: 0x10 },
      '041234ff',
    ],
    ['binary', '00 0E 00 80', { format: 0x80 }, '01020304'],
  ]
  for (const [what, command, format, expected] of cases) {
    const { it, client, card, features } = await ready(typist(digits('1234')).pinPad)
    await using _ = it
    const { answer } = await client.control(card, features.get(0x06)!, verifyStructure(command, format))
    assert.equal(answer.toString('hex'), `${expected}9000`, what)
  }
})

test('verify: cancel, time-out, an entry of a wrong length, a letter in BCD, a malformed structure', async () => {
  const tooShort = digits('123')
  const { pinPad, prompts } = typist('cancelled', 'timeout', tooShort, digits('AB12'))
  const { it, client, card, features } = await ready(pinPad)
  await using _ = it
  const verify = async (structure: Uint8Array) =>
    (await client.control(card, features.get(0x06)!, structure)).answer.toString('hex')
  assert.equal(await verify(verifyStructure('00 0E 00 80')), '6401')
  assert.equal(await verify(verifyStructure('00 0E 00 80')), '6400')
  assert.equal(await verify(verifyStructure('00 0E 00 80')), '6403')
  assert.deepEqual([...tooShort], [0, 0, 0], 'an entry that is refused is overwritten too')
  assert.equal(await verify(verifyStructure('00 0E 00 80', { format: 0x81 })), '6b80')
  assert.equal(prompts.length, 4)
  assert.equal(await verify(verifyStructure('00 0E 00 80').subarray(0, -1)), '6b80')
  assert.equal(await verify(verifyStructure('00 0E 00 80 05 00')), '6b80')
  assert.equal(await verify(verifyStructure('00 0E 00 80', { format: 0x83 })), '6b80')
  assert.equal(await verify(new Uint8Array(0)), '6b80')
  assert.equal(prompts.length, 4, 'nobody was asked')
  assert.deepEqual(it.bay.trace.list(), [], 'and the card saw nothing')
})

test('modify: current and new, confirmed; a confirmation that differs sends nothing', async () => {
  const command = '00 0E 01 80 08 FF FF FF FF FF FF FF FF'
  const entries = ['1234', '5678', '5678', '1111', '2222'].map(digits)
  const { pinPad, prompts } = typist(...entries)
  const { it, client, card, features } = await ready(pinPad)
  await using _ = it
  const modify = async (confirm: number) =>
    (await client.control(card, features.get(0x07)!, modifyStructure(command, confirm, 4))).answer.toString('hex')
  assert.equal(await modify(3), '31323334353637389000')
  assert.deepEqual(
    prompts.map(({ purpose }) => purpose),
    ['current', 'new', 'confirm'],
  )
  assert.equal(await modify(1), '6402')
  assert.equal(it.bay.trace.list().length, 1)
  for (const entry of entries) assert.deepEqual([...entry], [0, 0, 0, 0], 'every entry is overwritten')
})

test('while somebody types the others wait; the card or the client going away ends the entry', async () => {
  const aborted: string[] = []
  const pinPad: PinPad = (prompt, signal) =>
    new Promise(() => signal.addEventListener('abort', () => aborted.push(prompt.purpose)))
  const { it, client, card, features } = await ready(pinPad)
  await using _ = it
  const other = await it.client()
  const second = await other.handle('A')
  const typing = client.control(card, features.get(0x06)!, verifyStructure('00 0E 00 80'))
  const queued = other.transmit(second, fromHex('00 21 00 00'))
  assert.equal(await within(queued), 'waiting')
  const same = it.bay.reader('A').remove()!
  assert.equal((await typing).rv, 0x80100069)
  assert.equal((await queued).rv, 0x80100069)
  it.bay.reader('A').insert(same)
  await client.reconnect(card, 0)
  await other.reconnect(second, 0)
  void client.control(card, features.get(0x06)!, verifyStructure('00 0E 00 80')).catch(() => {})
  const next = other.transmit(second, fromHex('00 21 00 00'))
  assert.equal(await within(next), 'waiting')
  client.close()
  assert.equal((await next).rv, 0)
  assert.deepEqual(aborted, ['verify', 'verify'])
})
