/**
 * A card's end of an SCP03 channel, written from the facts page alone and with other cryptography (node:crypto) than the
 * client. It knows no content management: what arrives in the clear goes to `handle`. For tests of the client only.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { concat, EMPTY, equal, uint } from '../../src/base/bytes.ts'
import { fromHex } from '../../src/base/hex.ts'
import { type Command, decodeCommand } from '../../src/card/command.ts'

export interface PeerAnswer {
  readonly data?: Uint8Array
  readonly sw: number
}

export interface PeerOptions {
  readonly keys: { readonly enc: Uint8Array; readonly mac: Uint8Array }
  readonly i: number
  readonly handle: (plain: Command) => PeerAnswer
  /** Changes the bytes of a protected response on their way out. */
  readonly meddle?: (response: Uint8Array) => Uint8Array
}

const AID = fromHex('A000000151000000')
const ZERO = new Uint8Array(16)

function aes(
  mode: 'ecb' | 'cbc',
  key: Uint8Array,
  iv: Uint8Array | null,
  data: Uint8Array,
  decrypt = false,
): Uint8Array {
  const name = `aes-${key.length * 8}-${mode}`
  const cipher = decrypt ? createDecipheriv(name, key, iv) : createCipheriv(name, key, iv)
  cipher.setAutoPadding(false)
  return Uint8Array.from(Buffer.concat([cipher.update(data), cipher.final()]))
}

/** RFC 4493. */
export function referenceCmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  const double = (block: Uint8Array) => {
    const value = (BigInt(`0x${Buffer.from(block).toString('hex')}`) << 1n) ^ ((block[0] as number) & 0x80 ? 0x87n : 0n)
    return fromHex((value & ((1n << 128n) - 1n)).toString(16).padStart(32, '0'))
  }
  const k1 = double(aes('ecb', key, null, ZERO))
  const whole = message.length > 0 && message.length % 16 === 0
  const last = message.length - (whole ? 16 : message.length % 16)
  const tail = new Uint8Array(16)
  tail.set(message.subarray(last))
  if (!whole) tail[message.length - last] = 0x80
  const mask = whole ? k1 : double(k1)
  const padded = concat(
    message.subarray(0, last),
    tail.map((byte, i) => byte ^ (mask[i] as number)),
  )
  return aes('cbc', key, ZERO, padded).slice(-16)
}

function kdf(key: Uint8Array, constant: number, context: Uint8Array, bits: number): Uint8Array {
  const half = (i: number) =>
    referenceCmac(key, concat(new Uint8Array(11), Uint8Array.of(constant, 0), uint(bits, 2), uint(i, 1), context))
  return concat(half(1), half(2)).subarray(0, bits / 8)
}

export class Peer {
  readonly #options: PeerOptions
  #counter = 0
  #host: Uint8Array = EMPTY
  #challenge: Uint8Array = EMPTY
  #session: { enc: Uint8Array; mac: Uint8Array; rmac: Uint8Array } = { enc: EMPTY, mac: EMPTY, rmac: EMPTY }
  #chain: Uint8Array = ZERO
  #commands = 0
  level: number | undefined

  constructor(options: PeerOptions) {
    this.#options = options
  }

  readonly transmit = async (apdu: Uint8Array): Promise<Uint8Array> => {
    const command = decodeCommand(apdu)
    if (command === undefined) return fromHex('6700')
    if (command.ins === 0x50) return this.#initializeUpdate(command)
    if (command.ins === 0x82) return this.#externalAuthenticate(apdu, command)
    if (command.ins === 0xa4) return fromHex('9000')
    // Card recognition data: this card has none to give.
    if (command.ins === 0xca && this.level === undefined) return fromHex('6A88')
    return this.#secured(apdu, command)
  }

  get #size(): number {
    return this.#options.i & 1 ? 16 : 8
  }

  #initializeUpdate({ data }: Command): Uint8Array {
    const { keys, i } = this.#options
    const size = this.#size
    this.level = undefined
    if (data.length !== size) return fromHex('6700')
    const counter = uint(++this.#counter, 3)
    this.#host = data.slice()
    this.#challenge = i & 0x10 ? kdf(keys.enc, 2, concat(counter, AID), size * 8) : new Uint8Array(size).fill(0xa5)
    const context = concat(this.#host, this.#challenge)
    const bits = keys.enc.length * 8
    this.#session = {
      enc: kdf(keys.enc, 4, context, bits),
      mac: kdf(keys.mac, 6, context, bits),
      rmac: kdf(keys.mac, 7, context, bits),
    }
    this.#chain = ZERO
    this.#commands = 0
    const cryptogram = kdf(this.#session.mac, 0, context, size * 8)
    const identification = Uint8Array.from({ length: 10 }, (_, n) => n)
    const head = Uint8Array.of(0xff, 0x03, i)
    return concat(identification, head, this.#challenge, cryptogram, i & 0x10 ? counter : EMPTY, fromHex('9000'))
  }

  #externalAuthenticate(apdu: Uint8Array, command: Command): Uint8Array {
    if (!this.#macIsGood(apdu, command)) return fromHex('6982')
    const expected = kdf(this.#session.mac, 1, concat(this.#host, this.#challenge), this.#size * 8)
    if (!equal(command.data.subarray(0, -this.#size), expected)) return fromHex('6300')
    this.level = command.p1
    return fromHex('9000')
  }

  /** The MAC covers the command as it came, with the channel number taken out of the class byte. */
  #macIsGood(apdu: Uint8Array, { cla, data, ne, extended }: Command): boolean {
    const le = ne === 0 ? 0 : extended ? 2 : 1
    const covered = apdu.slice(0, apdu.length - le - this.#size)
    const secured = cla & 0x40 ? (cla & 0x20) !== 0 : (cla & 0x04) !== 0
    covered[0] = (cla & 0x90) | 0x04
    const mac = referenceCmac(this.#session.mac, concat(this.#chain, covered))
    if (!secured || data.length < this.#size || !equal(mac.subarray(0, this.#size), data.slice(-this.#size)))
      return false
    this.#chain = mac
    return true
  }

  #icv(first: number): Uint8Array {
    const block = concat(new Uint8Array(12), uint(this.#commands, 4))
    block[0] = first
    return aes('ecb', this.#session.enc, null, block)
  }

  #secured(apdu: Uint8Array, command: Command): Uint8Array {
    const { level } = this
    if (level === undefined) return fromHex('6982')
    this.#commands++
    let { data } = command
    if (level & 0x01) {
      if (!this.#macIsGood(apdu, command)) {
        this.level = undefined
        return fromHex('6982')
      }
      data = data.subarray(0, -this.#size)
    }
    if (level & 0x02 && data.length > 0) {
      const padded = aes('cbc', this.#session.enc, this.#icv(0), data, true)
      data = padded.subarray(0, padded.lastIndexOf(0x80))
    }
    const answer = this.#handle({ ...command, data })
    return this.#protect(level, answer)
  }

  #handle(plain: Command): PeerAnswer {
    if (plain.ins === 0x7a) this.level = (this.level ?? 0) | plain.p1
    if (plain.ins === 0x78) this.level = (this.level ?? 0) & 0x0f
    return plain.ins === 0x7a || plain.ins === 0x78 ? { sw: 0x9000 } : this.#options.handle(plain)
  }

  /** With the level the command found: so END's answer is still protected and BEGIN's is not yet. */
  #protect(level: number, { data = EMPTY, sw }: PeerAnswer): Uint8Array {
    const status = uint(sw, 2)
    if (!(level & 0x10)) return concat(data, status)
    if (sw !== 0x9000 && ![0x62, 0x63].includes(sw >> 8)) return status
    let body = data
    if (level & 0x20 && data.length > 0) {
      const padded = concat(data, Uint8Array.of(0x80), new Uint8Array(15 - (data.length % 16)))
      body = aes('cbc', this.#session.enc, this.#icv(0x80), padded)
    }
    const mac = referenceCmac(this.#session.rmac, concat(this.#chain, body, status)).subarray(0, this.#size)
    const response = concat(body, mac, status)
    return this.#options.meddle?.(response) ?? response
  }
}
