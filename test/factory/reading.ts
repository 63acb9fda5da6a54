/** A second reading of what the factory writes: its own BER, its own RSA, nothing shared with the house. */
import { constants, createHash, createPublicKey, type KeyObject, publicDecrypt } from 'node:crypto'
import type { CardImage } from '../../applets-sim/image.ts'

export const fixedClock = { now: () => Date.UTC(2026, 10, 21, 3, 0, 0) }

/** Content of a cell. */
export function cell(image: CardImage, application: string, name: string): Buffer {
  const content = image.cells[application]?.[name]
  if (content === undefined) throw new Error(`the image has no cell ${application}/${name}`)
  return Buffer.from(content, 'hex')
}

export interface Field {
  readonly tag: string
  readonly value: Buffer
  /** Header and value as written. */
  readonly whole: Buffer
  /** Offset in the bytes that were read, and octets of its length field. */
  readonly at: number
  readonly lengthOctets: number
}

/** BER-TLV objects one after another, up to filler (FF FF) or the end. */
export function fields(bytes: Buffer, from = 0): Field[] {
  const out: Field[] = []
  for (let at = from; at < bytes.length; ) {
    if (bytes.subarray(at).every((octet) => octet === 0xff)) break
    const start = at
    const first = bytes.readUInt8(at++)
    if ((first & 0x1f) === 0x1f) while (bytes.readUInt8(at++) & 0x80);
    const tag = bytes.subarray(start, at).toString('hex').toUpperCase()
    const lengthAt = at
    let length = bytes.readUInt8(at++)
    if (length > 0x80) {
      const octets = length - 0x80
      length = bytes.readUIntBE(at, octets)
      at += octets
    }
    const value = bytes.subarray(at, at + length)
    if (value.length !== length) throw new Error(`${tag} runs past the end`)
    out.push({ tag, value, whole: bytes.subarray(start, at + length), at: start, lengthOctets: at - lengthAt })
    at += length
  }
  return out
}

/** Objects inside the one template of a file; offsets are those in the file. */
export function template(file: Buffer, tag: string): Field[] {
  const outer = fields(file)[0]
  if (outer?.tag !== tag) throw new Error(`expected ${tag}, found ${outer?.tag}`)
  const contentAt = outer.at + outer.whole.length - outer.value.length
  return fields(file.subarray(0, outer.at + outer.whole.length), contentAt)
}

export const contentOf = (objects: readonly Field[], tag: string): Buffer => {
  const found = objects.find((object) => object.tag === tag)
  if (found === undefined) throw new Error(`no ${tag}`)
  return found.value
}

export const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** A public key from `90` exponent and `91` modulus. */
export function cardKey(value: Buffer): KeyObject {
  const objects = fields(value)
  const [n, e] = [contentOf(objects, '91'), contentOf(objects, '90')]
  return createPublicKey({ key: { kty: 'RSA', n: n.toString('base64url'), e: e.toString('base64url') }, format: 'jwk' })
}

/** What a PKCS #1 v1.5 signature says: the DigestInfo. */
export const payload = (key: KeyObject, signature: Buffer): Buffer =>
  publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature)

/** DigestInfo of SHA-256 over whatever length of digest. */
export const digestInfo = (digest: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from([0x30, 17 + digest.length]),
    Buffer.from('300d06096086480165030402010500', 'hex'),
    Buffer.from([0x04, digest.length]),
    digest,
  ])

export interface CvCertificate {
  readonly certifier: string
  readonly subject: string
  readonly key: KeyObject
  readonly body: Buffer
  readonly signature: Buffer
}

const reference = (id: Buffer): string => {
  if (id.readUInt16BE(7) !== 0x0805 || id.readUInt32BE(12) !== 0) throw new Error('not a key reference')
  return `${id.toString('latin1', 0, 7)}/${id.toString('latin1', 9, 12)}`
}

/** The contents of a `7F21` template. */
export function cvCertificate(contents: Buffer): CvCertificate {
  const objects = fields(contents)
  const [body, signature] = [contentOf(objects, '5F4E'), contentOf(objects, '5F37')]
  if (body.length !== 297) throw new Error(`body of ${body.length} octets`)
  return {
    certifier: reference(body.subarray(0, 16)),
    subject: reference(body.subarray(16, 32)),
    key: cardKey(body.subarray(32)),
    body,
    signature,
  }
}
