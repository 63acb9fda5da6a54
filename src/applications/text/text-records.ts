/** The templates of the 券面事項入力補助AP (facts 2.5). Total; what is read here is personal data. */
import { sha256 } from '@noble/hashes/sha2.js'
import { equal, fromUtf8 } from '../../base/bytes.ts'
import { between, findObject, parseTemplate } from '../file/template.ts'
import { type CardKey, parseCardKey } from '../genuine/card-key.ts'
import { isSignedWithOrWithoutHeader, type SignedRecord } from '../genuine/genuine-check.ts'

export const TAGS = { myNumber: 0xff10, basicFour: 0xff20, signature: 0xff30, version: 0xff40, key: 0xff50 } as const

/** JIS X 0303 style, and 3 where somebody wrote it (facts 2.5, 10). */
export type Sex = 'male' | 'female' | 'other' | 'unknown'
const SEX: Readonly<Record<string, Sex>> = { '1': 'male', '2': 'female', '3': 'other', '9': 'other', '0': 'unknown' }
export const sexOf = (code: string): Sex => (Object.hasOwn(SEX, code) ? (SEX[code] as Sex) : 'unknown')

export interface BasicFour {
  /** 氏名: family and given name separated by U+3000. */
  readonly name: string
  readonly address: string
  /** YYYYMMDD. */
  readonly birth: string
  readonly sex: Sex
}

/** UTF-8 text, or undefined. */
export function text(bytes: Uint8Array | undefined): string | undefined {
  try {
    return bytes && fromUtf8(bytes)
  } catch {
    return undefined
  }
}

export function parseMyNumber(file: Uint8Array): string | undefined {
  const digits = text(findObject(file, TAGS.myNumber)?.value)
  return digits !== undefined && /^\d{12}$/.test(digits) ? digits : undefined
}

export function parseBasicFour(file: Uint8Array): BasicFour | undefined {
  const template = parseTemplate(file, TAGS.basicFour)
  const [name, address, birth, sex] = [0xdf22, 0xdf23, 0xdf24, 0xdf25].map((tag) => text(template?.get(tag)))
  if (name === undefined || address === undefined || birth === undefined || sex === undefined) return undefined
  return /^\d{8}$/.test(birth) ? { name, address, birth, sex: sexOf(sex) } : undefined
}

/** EF 0003: hashes of the two records, signed. */
export interface RecordSignature {
  readonly myNumberHash: Uint8Array
  readonly basicFourHash: Uint8Array
  readonly isSignedBy: (issuer: CardKey) => boolean
}

export function parseRecordSignature(file: Uint8Array): RecordSignature | undefined {
  const template = parseTemplate(file, TAGS.signature)
  const content = template && between(template, 0xdf31, 0xdf33)
  const [myNumberHash, basicFourHash, signature] = [0xdf31, 0xdf32, 0xdf33].map((tag) => template?.get(tag))
  if (!template || !content || !myNumberHash || !basicFourHash || !signature) return undefined
  const header = headerOf(file, TAGS.signature, template.valueStart)
  return {
    myNumberHash,
    basicFourHash,
    isSignedBy: (issuer) => isSignedWithOrWithoutHeader(issuer, header, content, signature),
  }
}

/** The template's own tag and length, without filler before them. */
export const headerOf = (file: Uint8Array, tag: number, valueStart: number): Uint8Array =>
  file.subarray(findObject(file, tag)?.start ?? valueStart, valueStart)

/** The hash is over the physical file, filler included. */
export const isMyNumberOf = (signed: RecordSignature, file: Uint8Array): boolean =>
  equal(sha256(file), signed.myNumberHash)

/** The hash is over what follows the offset table. */
export function isBasicFourOf(signed: RecordSignature, file: Uint8Array): boolean {
  const template = parseTemplate(file, TAGS.basicFour)
  const content = template && between(template, 0xdf22)
  return content !== undefined && equal(sha256(content), signed.basicFourHash)
}

/** EF 0005 (facts 2.5): specification version, extended lengths, vendor, option. */
export interface TextVersion {
  readonly specification: number
  /** `03`: extended Lc and Le. */
  readonly extendedLengths: boolean
  readonly vendor: number
  readonly option: number
}

export function parseVersion(file: Uint8Array): TextVersion | undefined {
  const [specification, extended, vendor, option] = parseTemplate(file, TAGS.version)?.get(0xdf41) ?? []
  if (specification === undefined || extended === undefined || vendor === undefined || option === undefined)
    return undefined
  return { specification, extendedLengths: extended === 0x03, vendor, option }
}

/** EF 0007: the card's key of this application, signed by the issuer. */
export function parseKeyRecord(file: Uint8Array): SignedRecord | undefined {
  const template = parseTemplate(file, TAGS.key)
  const content = template && between(template, 0xdf51, 0xdf52)
  const key = parseCardKey(template?.get(0xdf51) ?? new Uint8Array())
  const signature = template?.get(0xdf52)
  if (!template || !content || !key || !signature) return undefined
  const header = headerOf(file, TAGS.key, template.valueStart)
  return { key, isSignedBy: (issuer) => isSignedWithOrWithoutHeader(issuer, header, content, signature) }
}

/** EF 0006: the key under which a session key travels. */
export function parseDeliveryKey(file: Uint8Array): CardKey | undefined {
  const object = findObject(file, 0xa1)
  return object && parseCardKey(object.value)
}
