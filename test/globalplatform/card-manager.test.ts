/** The session of verbs against a scripted card: what is sent in which order, and what each answer becomes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildCapFile } from '../../src/applications/globalplatform/cap-builder.ts'
import { loadFileDataBlock, parseCapFile } from '../../src/applications/globalplatform/cap-file.ts'
import { CardManager, type CardManagerOptions } from '../../src/applications/globalplatform/card-manager.ts'
import { type Outcome, problemText } from '../../src/applications/globalplatform/gp-error.ts'
import { kcv, keySet } from '../../src/applications/globalplatform/key-set.ts'
import type { LoadProgress } from '../../src/applications/globalplatform/load-package.ts'
import { EMPTY } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { tlv } from '../../src/base/tlv.ts'
import type { Command } from '../../src/card/command.ts'
import { Peer, type PeerAnswer, referenceCmac } from './peer.ts'

const KEY = fromHex('404142434445464748494A4B4C4D4E4F')
const keys = keySet(0xff, KEY)
const random = { bytes: (length: number) => new Uint8Array(length).fill(9) }
const PACKAGE = fromHex('F00000000101')
const cap = parseCapFile(
  buildCapFile({ package: { aid: PACKAGE, major: 1, minor: 3 }, applets: [fromHex('F0000000010101')], codeSize: 500 }),
)
const OK = { sw: 0x9000 }

/** A manager over a card that answers by `handle`, and the commands it saw: INS P1, as `E602`. */
async function openTo(handle: (plain: Command) => PeerAnswer, more: Partial<CardManagerOptions> = {}) {
  const seen: Command[] = []
  const peer = new Peer({
    keys,
    i: 0x70,
    handle: (plain) => {
      seen.push({ ...plain, data: plain.data.slice() })
      return handle(plain)
    },
  })
  const manager = done(await CardManager.open({ transmit: peer.transmit, keys, level: 0x33, random, ...more }))
  return { manager, seen, steps: () => seen.map(({ ins, p1 }) => hex(Uint8Array.of(ins, p1))) }
}

function done<T>(outcome: Outcome<T>): T {
  return outcome.kind === 'ok' ? outcome.value : assert.fail(problemText(outcome))
}

const fileEntry = (state: number, aid = PACKAGE) =>
  tlv(0xe3, tlv(0x4f, aid), tlv(0x9f70, Uint8Array.of(state)), tlv(0xce, Uint8Array.of(1, 3)))

test('load: looks first, announces the code size, sends every byte in order, tells its progress', async () => {
  const { manager, seen, steps } = await openTo(({ ins }) => (ins === 0xf2 ? { sw: 0x6a88 } : OK))
  const progress: LoadProgress[] = []
  assert.deepEqual(done(await manager.load(cap, { onProgress: (each) => progress.push(each) })), {})
  assert.deepEqual(steps(), ['F220', 'E602', 'E800', 'E800', 'E880'])
  const block = loadFileDataBlock(cap)
  const sent = seen.filter(({ ins }) => ins === 0xe8).map(({ data }) => hex(data))
  assert.equal(sent.join(''), hex(tlv(0xc4, block)))
  assert.match(hex(seen[1]?.data ?? EMPTY), /06F00000000101000006EF04C602/)
  assert.deepEqual(
    progress.map(({ block: n, blocks }) => `${n}/${blocks}`),
    ['1/3', '2/3', '3/3'],
  )
  assert.equal(progress.at(-1)?.bytes, progress.at(-1)?.totalBytes)
})

test('load: what a torn load left behind is deleted and the load starts again', async () => {
  let torn = true
  const { manager, steps } = await openTo(({ ins }) => {
    if (ins === 0xe4) torn = false
    return ins === 0xf2 ? (torn ? { data: fileEntry(0x00), sw: 0x9000 } : { sw: 0x6a88 }) : OK
  })
  assert.deepEqual(done(await manager.load(cap)), {})
  assert.deepEqual(steps(), ['F220', 'E400', 'E602', 'E800', 'E800', 'E880'])
})

test('load: a whole package of that AID is left alone', async () => {
  const { manager, steps } = await openTo(() => ({ data: fileEntry(0x01), sw: 0x9000 }))
  assert.deepEqual(await manager.load(cap), { kind: 'alreadyLoaded', version: [1, 3] })
  assert.deepEqual(steps(), ['F220'])
})

test('load: a package whose AID only begins like ours is not ours', async () => {
  const other = fromHex('F0000000010199')
  const { manager, steps } = await openTo(({ ins }) =>
    ins === 0xf2 ? { data: fileEntry(0x01, other), sw: 0x9000 } : OK,
  )
  done(await manager.load(cap))
  assert.equal(steps().includes('E400'), false)
})

test('load: refused in the middle, the rest is deleted where the card kept any; the refusal is what is told', async () => {
  for (const keeps of [true, false]) {
    let loading = false
    const { manager, steps } = await openTo(({ ins, p2 }) => {
      if (ins === 0xe8) loading = true
      if (ins === 0xe8 && p2 === 1) return { sw: 0x6a84 }
      return ins === 0xf2 ? (loading && keeps ? { data: fileEntry(0x00), sw: 0x9000 } : { sw: 0x6a88 }) : OK
    })
    const outcome = await manager.load(cap)
    assert.ok(outcome.kind === 'refused' && outcome.sw === 0x6a84)
    assert.match(problemText(outcome), /LOAD refused with 6A84: not enough memory \(GPCS 11\.6\)/)
    assert.deepEqual(steps(), ['F220', 'E602', 'E800', 'E800', 'F220', ...(keeps ? ['E400'] : [])])
  }
})

test('list: asks the four scopes, follows 6310, and is not held by a card that promises more for ever', async () => {
  const entry = (n: number) =>
    tlv(0xe3, tlv(0x4f, fromHex('F000000001'), Uint8Array.of(n)), tlv(0x9f70, Uint8Array.of(7)))
  const { manager, seen } = await openTo(({ ins, p1, p2 }) => {
    if (ins !== 0xf2) return { sw: 0x6d00 }
    if (p1 === 0x10) return { sw: 0x6a86 }
    if (p1 === 0x40) return p2 === 2 ? { data: entry(1), sw: 0x6310 } : { data: EMPTY, sw: 0x6310 }
    return { data: entry(2), sw: 0x9000 }
  })
  const content = done(await manager.list())
  assert.deepEqual([content.issuer.length, content.applications.length, content.loadFiles.length], [1, 1, 1])
  assert.deepEqual(
    seen.map(({ p1, p2 }) => hex(Uint8Array.of(p1, p2))),
    ['8002', '4002', '4003', '1002', '2002'],
  )
})

test('put keys: a card that echoes other check values is not believed', async () => {
  const fresh = keySet(
    0x01,
    Uint8Array.from({ length: 32 }, (_, i) => i),
  )
  const value = hex(kcv(fresh.enc))
  for (const [echo, expected] of [
    [`01${value}${value}${value}`, 'ok'],
    [`01${value}${value}`, 'untrusted'],
    [`02${value}${value}${value}`, 'untrusted'],
  ] as const) {
    const { manager, seen } = await openTo(() => ({ data: fromHex(echo), sw: 0x9000 }))
    assert.equal((await manager.putKeys(fresh)).kind, expected)
    assert.equal(hex(seen[0]?.data ?? EMPTY).includes(hex(fresh.enc)), false, 'the key itself is never in the clear')
  }
})

test('delegated management: the token goes out, the receipt is checked', async () => {
  const receiptKey = new Uint8Array(16).fill(3)
  const instance = { loadFile: PACKAGE, module: fromHex('F0000000010101'), aid: fromHex('F0000000010102') }
  const inputs: string[] = []
  const receiptOver = (...aids: string[]) => {
    const input = fromHex(`020007 0201AA ${aids.join('')}`)
    return fromHex(`10${hex(referenceCmac(receiptKey, input))} 020007 0201AA`)
  }
  const right = receiptOver('06F00000000101', '07F0000000010102')
  for (const [receipt, kind] of [
    [right, 'ok'],
    [receiptOver('06F00000000101', '07F0000000010101'), 'untrusted'],
  ] as const) {
    const { manager, seen } = await openTo(() => ({ data: receipt, sw: 0x9000 }), {
      receiptKey,
      signToken: (input) => {
        inputs.push(hex(input))
        return fromHex('AABBCC')
      },
    })
    const outcome = await manager.install(instance)
    assert.equal(outcome.kind, kind)
    const data = hex(seen[0]?.data ?? EMPTY)
    assert.ok(data.endsWith('03AABBCC'))
    assert.equal(inputs.at(-1), `0C00${hex(Uint8Array.of(data.length / 2 - 4))}${data.slice(0, -8)}`)
  }
})

test('personalise: INSTALL [for personalization], then STORE DATA to the last', async () => {
  const { manager, steps } = await openTo(() => OK)
  done(await manager.personalise([fromHex('0101'), fromHex('0202')], fromHex('F0000000010102')))
  assert.deepEqual(steps(), ['E620', 'E210', 'E290'])
})

test('wrong keys are an outcome, not an exception; a broken reader is an exception, not an outcome', async () => {
  const peer = new Peer({ keys, i: 0x70, handle: () => OK })
  const wrong = keySet(0xff, new Uint8Array(16))
  const outcome = await CardManager.open({ transmit: peer.transmit, keys: wrong, level: 0x01, random })
  assert.deepEqual(outcome.kind === 'untrusted' && outcome.what, 'card cryptogram')
  const broken = () => Promise.reject(new Error('the cable is out'))
  await assert.rejects(CardManager.open({ transmit: broken, keys, level: 0x01, random }), /cable/)
})
