/** Data fields of the management commands, and what the tests do with them again and again. */
import assert from 'node:assert/strict'
import { AesKey, keyCheckValue, pad } from '../../applets-sim/globalplatform/aes.ts'
import { buildComponents, type CapDescription } from '../../src/applications/globalplatform/cap-builder.ts'
import { concat, EMPTY, uint } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { berLength, tlv } from '../../src/base/tlv.ts'
import type { ChipPort } from '../../src/card/ports.ts'
import { type Answer, type Keys, split, type Terminal } from './terminal.ts'

export const lv = (bytes: Uint8Array): Uint8Array => concat(berLength(bytes.length), bytes)
export const lvs = (...fields: readonly (Uint8Array | string)[]): Uint8Array =>
  concat(...fields.map((field) => lv(typeof field === 'string' ? fromHex(field) : field)))

export const LIBRARY = { package: fromHex('F04D444701'), module: fromHex('F04D44470101') }
export const STAFF = { package: fromHex('F04D444702'), module: fromHex('F04D44470201') }
export const DOMAIN = { package: fromHex('A0000001515350'), module: fromHex('A000000151535041') }

export const loadBlock = (description: CapDescription): Uint8Array => concat(...buildComponents(description).values())

export const libraryFile = (codeSize = 0): Uint8Array =>
  loadBlock({ package: { aid: LIBRARY.package, major: 1, minor: 0 }, applets: [LIBRARY.module], codeSize })

export const select = (card: ChipPort, aid: Uint8Array): Answer =>
  split(card.transmit(concat(Uint8Array.of(0, 0xa4, 4, 0), lv(aid), Uint8Array.of(0))))

export interface LoadOptions {
  readonly domain?: Uint8Array
  readonly hash?: Uint8Array
  readonly parameters?: Uint8Array
  readonly token?: Uint8Array
  readonly daps?: readonly Uint8Array[]
  readonly blockSize?: number
}

/** INSTALL [for load] and every LOAD; the last answer, or the first that is not 9000. */
export function loadFile(terminal: Terminal, aid: Uint8Array, block: Uint8Array, options: LoadOptions = {}): Answer {
  const { domain = EMPTY, hash = EMPTY, parameters = EMPTY, token = EMPTY, daps = [], blockSize = 200 } = options
  let answer = terminal.send('80E60200', lvs(aid, domain, hash, parameters, token))
  const file = concat(...daps, tlv(0xc4, block))
  for (let at = 0, number = 0; at < file.length && answer.sw === '9000'; at += blockSize, number++) {
    const last = at + blockSize >= file.length
    answer = terminal.send(`80E8${last ? '80' : '00'}${hex(uint(number & 0xff, 1))}`, file.subarray(at, at + blockSize))
  }
  return answer
}

export interface InstallOptions {
  readonly privileges?: string
  readonly parameters?: Uint8Array
  readonly token?: Uint8Array
  readonly p1?: string
}

export function install(
  terminal: Terminal,
  of: { readonly package: Uint8Array; readonly module: Uint8Array },
  aid: Uint8Array,
  options: InstallOptions = {},
): Answer {
  const { privileges = '000000', parameters = fromHex('C900'), token = EMPTY, p1 = '0C' } = options
  return terminal.send(`80E6${p1}00`, lvs(of.package, of.module, aid, privileges, parameters, token))
}

export const remove = (terminal: Terminal, aid: Uint8Array, related = false): Answer =>
  terminal.send(related ? '80E40080' : '80E40000', tlv(0x4f, aid))

/** AIDs that GET STATUS lists, over all pages. */
export function list(terminal: Terminal, scope: string): readonly string[] {
  const aids: string[] = []
  let answer = terminal.send(`80F2${scope}02`, '4F00')
  for (;;) {
    if (answer.sw === '6A88') return aids
    assert.match(answer.sw, /9000|6310/)
    for (let at = 0; at < answer.data.length; ) {
      // E3 L 4F L AID …, all short.
      assert.equal(answer.data[at], 0xe3)
      const length = answer.data[at + 1] as number
      aids.push(hex(answer.data.subarray(at + 4, at + 4 + (answer.data[at + 3] as number))))
      at += 2 + length
    }
    if (answer.sw === '9000') return aids
    answer = terminal.send(`80F2${scope}03`, '4F00')
  }
}

/** One AES key as PUT KEY wants it. */
export function keyField(dek: Uint8Array, key: Uint8Array): Uint8Array {
  const padded = key.length % 16 === 0 ? key : pad(key)
  const encrypted = new AesKey(dek).encrypt(new Uint8Array(16), padded)
  return concat(Uint8Array.of(0x88), lv(concat(uint(key.length, 1), encrypted)), lv(keyCheckValue(new AesKey(key))))
}

export const keySetField = (dek: Uint8Array, version: number, keys: Keys): Uint8Array =>
  concat(uint(version, 1), ...[keys.enc, keys.mac, keys.dek].map((key) => keyField(dek, key)))
