/** Card-verifiable certificates and the key ids in them (facts 2.7). */
import { ascii, concat, EMPTY } from '../../src/base/bytes.ts'
import { tlv, tlvLong } from '../../src/base/tlv.ts'

/** 証明者鍵ID / 被証明者鍵ID: seven digits, `08 05`, three digits, four zero octets. Written `9000023/001`. */
export function keyReference(text: string): Uint8Array {
  const match = /^(\d{7})\/(\d{3})$/.exec(text)
  if (match === null) throw new RangeError('keyReference: not of the form 0000000/000')
  return concat(ascii(match[1] as string), Uint8Array.of(0x08, 0x05), ascii(match[2] as string), new Uint8Array(4))
}

export interface RsaPublic {
  readonly modulus: Uint8Array
  readonly exponent: Uint8Array
}

/** Public key as this card writes it: `90` exponent, `91` modulus; 265 octets. */
export const cardPublicKey = ({ modulus, exponent }: RsaPublic): Uint8Array =>
  concat(tlv(0x90, exponent), tlvLong(0x91, modulus))

/** One data object the way this card codes it: one length octet below 128, otherwise always `82 hh ll` (facts 2.5). */
export function cardTlv(tag: number, ...values: readonly Uint8Array[]): Uint8Array {
  const value = values.length === 1 ? (values[0] ?? EMPTY) : concat(...values)
  return value.length < 0x80 ? tlv(tag, value) : tlvLong(tag, value)
}

export interface CardVerifiable {
  readonly certifier: string
  readonly subject: string
  readonly subjectKey: RsaPublic
  /** The certifier's signature, PKCS #1 v1.5 with SHA-256. */
  readonly sign: (bytes: Uint8Array) => Uint8Array
}

/** The two objects inside `7F21`: body (297 octets) and signature. */
export function cardVerifiableContents({ certifier, subject, subjectKey, sign }: CardVerifiable): Uint8Array {
  const body = concat(keyReference(certifier), keyReference(subject), cardPublicKey(subjectKey))
  return concat(tlvLong(0x5f4e, body), tlvLong(0x5f37, sign(body)))
}

/** The whole certificate, 568 octets. */
export const cardVerifiableCertificate = (fields: CardVerifiable): Uint8Array =>
  tlvLong(0x7f21, cardVerifiableContents(fields))
