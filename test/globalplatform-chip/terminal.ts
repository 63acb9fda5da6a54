/** The off-card end of SCP03 for these tests, synchronous and deliberately obedient: it does what it is told, also the wrong thing. */
import assert from 'node:assert/strict'
import { AesKey, pad, unpad } from '../../applets-sim/globalplatform/aes.ts'
import { DERIVE, derive } from '../../applets-sim/globalplatform/scp03-derivation.ts'
import { concat, EMPTY, equal, uint } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import type { ChipPort } from '../../src/card/ports.ts'
import { sendWiped, sequence } from './card.ts'

export interface Answer {
  readonly data: Uint8Array
  readonly sw: string
}

export const split = (response: Uint8Array): Answer => ({
  data: response.subarray(0, -2),
  sw: hex(response.subarray(-2)),
})

export interface Keys {
  readonly enc: Uint8Array
  readonly mac: Uint8Array
  readonly dek: Uint8Array
}

export const testKeys = (length = 16): Keys => {
  const key = sequence(length, 0x40)
  return { enc: key, mac: key, dek: key }
}

export interface OpenOptions {
  readonly keys?: Keys
  readonly level?: number
  readonly version?: number
  readonly s16?: boolean
}

/** Lc in its short or, when asked or needed, extended form. */
const lc = (length: number, extended: boolean) =>
  extended ? concat(Uint8Array.of(0), uint(length, 2)) : uint(length, 1)

export class Terminal {
  readonly card: ChipPort
  readonly keys: Keys
  readonly #length: number
  readonly #enc: AesKey
  readonly #mac: AesKey
  readonly #rmac: AesKey
  level: number
  #chain: Uint8Array = new Uint8Array(16)
  #counter = 0

  private constructor(card: ChipPort, options: Required<OpenOptions>, context: Uint8Array) {
    this.card = card
    this.keys = options.keys
    this.level = options.level
    this.#length = options.s16 ? 16 : 8
    const size = options.keys.enc.length
    const session = (key: Uint8Array, constant: number) => new AesKey(derive(new AesKey(key), constant, size, context))
    this.#enc = session(options.keys.enc, DERIVE.S_ENC)
    this.#mac = session(options.keys.mac, DERIVE.S_MAC)
    this.#rmac = session(options.keys.mac, DERIVE.S_RMAC)
  }

  /** INITIALIZE UPDATE and EXTERNAL AUTHENTICATE with the application that is current; both must succeed. */
  static open(card: ChipPort, options: OpenOptions = {}): Terminal {
    const { terminal, authenticate } = Terminal.begin(card, options)
    assert.equal(split(card.transmit(authenticate)).sw, '9000', 'EXTERNAL AUTHENTICATE')
    return terminal
  }

  /** Only INITIALIZE UPDATE; returns the EXTERNAL AUTHENTICATE to send. */
  static begin(card: ChipPort, options: OpenOptions = {}): { terminal: Terminal; authenticate: Uint8Array } {
    const all = { keys: testKeys(), level: 0x33, version: 0, s16: false, ...options }
    const length = all.s16 ? 16 : 8
    const challenge = sequence(length)
    const response = split(
      card.transmit(concat(Uint8Array.of(0x80, 0x50, all.version, 0, length), challenge, Uint8Array.of(0))),
    )
    assert.equal(response.sw, '9000', 'INITIALIZE UPDATE')
    const context = concat(challenge, response.data.subarray(13, 13 + length))
    const terminal = new Terminal(card, all, context)
    const cryptogram = (constant: number) => derive(terminal.#mac, constant, length, context)
    const shown = response.data.subarray(13 + length, 13 + 2 * length)
    assert.ok(equal(shown, cryptogram(DERIVE.CARD_CRYPTOGRAM)), 'card cryptogram')
    const host = cryptogram(DERIVE.HOST_CRYPTOGRAM)
    return { terminal, authenticate: terminal.#protect(Uint8Array.of(0x84, 0x82, all.level, 0), host, false) }
  }

  #protect(header: Uint8Array, data: Uint8Array, extended: boolean): Uint8Array {
    const body = concat(header, lc(data.length + this.#length, extended), data)
    const mac = this.#mac.cmac(concat(this.#chain, body))
    this.#chain = mac
    return concat(body, mac.subarray(0, this.#length))
  }

  #icv(first: number): Uint8Array {
    const block = new Uint8Array(16)
    block.set(uint(this.#counter, 6), 10)
    block[0] = first
    return this.#enc.block(block)
  }

  /** The protected command, for a test that wants to damage it. */
  wrap(header: string, data: Uint8Array = EMPTY, ne = 256): Uint8Array {
    const bytes = fromHex(header)
    this.#counter++
    const secure = (this.level & 0x01) !== 0
    let body = data
    if ((this.level & 0x02) !== 0 && data.length > 0) body = this.#enc.encrypt(this.#icv(0), pad(data))
    const extended = body.length + this.#length > 255 || ne > 256
    const le = ne === 0 ? EMPTY : extended ? uint(ne & 0xffff, 2) : uint(ne & 0xff, 1)
    if (!secure) return concat(bytes, body.length > 0 ? lc(body.length, extended) : EMPTY, body, le)
    bytes[0] = (bytes[0] as number) | 0x04
    return concat(this.#protect(bytes, body, extended), le)
  }

  /** The answer without its protection; a wrong R-MAC fails the test. */
  unwrap(response: Uint8Array): Answer {
    const answer = split(response)
    if ((this.level & 0x10) === 0 || !/^(9000|62..|63..)$/.test(answer.sw)) return answer
    const data = answer.data.subarray(0, answer.data.length - this.#length)
    const mac = this.#rmac.cmac(concat(this.#chain, data, fromHex(answer.sw)))
    assert.equal(hex(answer.data.subarray(data.length)), hex(mac.subarray(0, this.#length)), 'R-MAC')
    if ((this.level & 0x20) === 0 || data.length === 0) return { data, sw: answer.sw }
    const plain = unpad(this.#enc.decrypt(this.#icv(0x80), data))
    assert.ok(plain, 'padding of the response')
    return { data: plain, sw: answer.sw }
  }

  send(header: string, data: Uint8Array | string = EMPTY, ne = 256): Answer {
    const bytes = typeof data === 'string' ? fromHex(data) : data
    return this.unwrap(sendWiped(this.card, this.wrap(header, bytes, ne)))
  }
}
