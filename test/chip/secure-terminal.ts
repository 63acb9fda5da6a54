/** The terminal's half of secure messaging (facts 3.7), written from the facts and not from the chip. */
import { constants, createCipheriv, createDecipheriv, publicEncrypt } from 'node:crypto'
import { concat } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { KEYS } from './card.ts'

export type Transmit = (command: Uint8Array) => Uint8Array

export interface SecureSession {
  readonly transmit: Transmit
  readonly key: Uint8Array
  counter: number
}

export const SEED = fromHex('000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F')

/** SET SESSION KEY with this message under the delivery key; status word. */
export function delivery(message: Uint8Array): Uint8Array {
  const key = { key: KEYS.delivery.publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
  return concat(fromHex('80AE0000000100'), publicEncrypt(key, message))
}

export function deliverKey(transmit: Transmit): SecureSession {
  const sw = hex(transmit(delivery(concat(fromHex('A0228020'), SEED))))
  if (sw !== '9000') throw new Error(`SET SESSION KEY: ${sw}`)
  return { transmit, key: SEED.subarray(0, 16), counter: 0 }
}

/** IV: the counter in sixteen bytes, encrypted with IV zero. */
function iv({ key, counter }: SecureSession): Uint8Array {
  const block = fromHex(counter.toString(16).padStart(32, '0'))
  return createCipheriv('aes-128-cbc', key, new Uint8Array(16)).setAutoPadding(false).update(block)
}

export function encrypted(session: SecureSession, plain: Uint8Array): Uint8Array {
  const padding = new Uint8Array(16 - (plain.length % 16))
  padding[0] = 0x80
  const cipher = createCipheriv('aes-128-cbc', session.key, iv(session)).setAutoPadding(false)
  return cipher.update(concat(plain, padding))
}

const object = (cryptogram: Uint8Array): Uint8Array =>
  concat(Uint8Array.of(0x86, cryptogram.length + 1, 0x01), cryptogram)

const apdu = (header: string, data: Uint8Array, le = ''): Uint8Array =>
  concat(fromHex(header), Uint8Array.of(data.length), data, fromHex(le))

export function secureVerify(session: SecureSession, sfi: number, value: string): string {
  session.counter++
  const data = object(encrypted(session, Buffer.from(value)))
  return hex(session.transmit(apdu(`082000${hex(Uint8Array.of(0x80 | sfi))}`, data)))
}

export function secureSelect(session: SecureSession, fid: string): string {
  session.counter++
  return hex(session.transmit(apdu('08A4020C', object(encrypted(session, fromHex(fid))))))
}

/** The plain text read, or the status word. */
export function secureRead(session: SecureSession, offset: number, length: number): string {
  session.counter++
  const header = `08B0${offset.toString(16).padStart(4, '0')}`
  const le = length.toString(16).padStart(4, '0')
  const response = session.transmit(fromHex(`${header}00000596 0300${le} 0000`))
  if (response.length === 2) return hex(response)
  const long = response[1] === 0x82 ? 4 : response[1] === 0x81 ? 3 : 2
  const decipher = createDecipheriv('aes-128-cbc', session.key, iv(session)).setAutoPadding(false)
  const padded = decipher.update(response.subarray(long + 1, -2))
  return hex(padded.subarray(0, padded.lastIndexOf(0x80)))
}
