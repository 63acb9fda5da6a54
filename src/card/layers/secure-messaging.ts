/**
 * Secure messaging with class 08 (facts 3.7): confidentiality by AES-128-CBC, no checksum. IV of both directions is the
 * command counter, encrypted. SELECT, VERIFY and READ BINARY are carried; nothing else can go through by mistake.
 */
import { cbc } from '@noble/ciphers/aes.js'
import { concat, EMPTY, uint } from '../../base/bytes.ts'
import { readTlv, tlv } from '../../base/tlv.ts'
import { type Command, decodeCommand, decodeResponse, encodeCommand, encodeResponse } from '../command.ts'
import { SW } from '../status-word.ts'
import type { Layer } from './layer.ts'

const SECURE = 0x08
const READ_BINARY = 0xb0
const WITH_DATA: ReadonlySet<number> = new Set([0xa4, 0x20])
const CRYPTOGRAM = 0x86
const EXPECTED_LENGTH = 0x96
const PADDED = 0x01
const BLOCK = 16
const ZERO = new Uint8Array(BLOCK)

/** The most plain bytes whose cryptogram fits into a short response. */
export const SECURE_READ_STEP = 224

/** One session: the key is the delivered one, 16 bytes; the counter begins with its first command. */
export function secureMessaging(key: Uint8Array): Layer {
  let counter = 0
  const unpadded = (iv: Uint8Array) => cbc(key, iv, { disablePadding: true })
  return (next) => async (apdu) => {
    const plain = decodeCommand(apdu)
    if (plain === undefined) throw new RangeError('secureMessaging: not a command')
    counter++
    const iv = unpadded(ZERO).encrypt(concat(new Uint8Array(BLOCK - 4), uint(counter, 4)))
    const wrapped = encodeCommand(wrap(plain, (bytes) => unpadded(iv).encrypt(pad(bytes))))
    const response = decodeResponse(await next(wrapped))
    wrapped.fill(0)
    if (response === undefined) return EMPTY
    if (response.data.length === 0) return encodeResponse(EMPTY, response.sw)
    const data = unwrap(response.data, (bytes) => unpadded(iv).decrypt(bytes))
    return data === undefined ? encodeResponse(EMPTY, SW.SM_OBJECT_INCORRECT) : encodeResponse(data, response.sw)
  }
}

function wrap(plain: Command, encrypt: (bytes: Uint8Array) => Uint8Array): Command {
  if (plain.cla !== 0x00 || (plain.ins !== READ_BINARY && !WITH_DATA.has(plain.ins)))
    throw new RangeError('secureMessaging: only SELECT, VERIFY and READ BINARY are carried')
  if (plain.ins === READ_BINARY) {
    const length = concat(uint(0, 1), uint(plain.ne & 0xffff, 2))
    const long = plain.ne > SECURE_READ_STEP
    return { ...plain, cla: SECURE, data: tlv(EXPECTED_LENGTH, length), ne: long ? 0x10000 : 0x100, extended: long }
  }
  const data = tlv(CRYPTOGRAM, Uint8Array.of(PADDED), encrypt(plain.data))
  return { ...plain, cla: SECURE, data, ne: 0, extended: false }
}

const pad = (bytes: Uint8Array): Uint8Array => {
  const out = new Uint8Array((Math.floor(bytes.length / BLOCK) + 1) * BLOCK)
  out.set(bytes)
  out[bytes.length] = 0x80
  return out
}

/** Undefined for anything but one whole data object with right padding. */
function unwrap(bytes: Uint8Array, decrypt: (bytes: Uint8Array) => Uint8Array): Uint8Array | undefined {
  const object = readTlv(bytes)
  if (object === undefined || object.tag !== CRYPTOGRAM || object.end !== bytes.length) return undefined
  const cryptogram = object.value.subarray(1)
  if (object.value[0] !== PADDED || cryptogram.length === 0 || cryptogram.length % BLOCK !== 0) return undefined
  const plain = decrypt(cryptogram)
  const end = plain.findLastIndex((byte) => byte !== 0)
  return end >= plain.length - BLOCK && plain[end] === 0x80 ? plain.subarray(0, end) : undefined
}
