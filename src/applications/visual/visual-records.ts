/** The templates of the 券面事項確認AP (facts 2.4). Total; pictures and birth date are personal data. */
import { sha256 } from '@noble/hashes/sha2.js'
import { concat } from '../../base/bytes.ts'
import { fromHex, hex } from '../../base/hex.ts'
import { between, parseTemplate, type Template } from '../file/template.ts'
import { type CardKey, parseCardKey } from '../genuine/card-key.ts'
import { isSignedWithOrWithoutHeader, type SignedRecord } from '../genuine/genuine-check.ts'
import { verifyPkcs1 } from '../genuine/rsa-verify.ts'
import { headerOf, type Sex, sexOf, text } from '../text/text-records.ts'

export const TAGS = { age: 0xff10, face: 0xff20, version: 0xff30, myNumber: 0xff40 } as const

/** EF 0001, opened by the birth date. */
export interface AgeRecord extends SignedRecord {
  /** YYYYMMDD. */
  readonly birth: string
}

export function parseAge(file: Uint8Array): AgeRecord | undefined {
  const birth = text(parseTemplate(file, TAGS.age)?.get(0xdf11))
  const record = signedTemplate(file, { tag: TAGS.age, first: 0xdf11, key: 0xdf12, signature: 0xdf13 })
  return record && birth !== undefined && /^\d{8}$/.test(birth) ? { ...record, birth } : undefined
}

/** EF 0002, opened by 照合番号A or B: the front of the card. */
export interface FaceRecord extends SignedRecord {
  readonly birth: string
  readonly sex: Sex
  /** PNG, 1 bit. */
  readonly name: Uint8Array
  readonly address: Uint8Array
  /** JPEG 2000, grey. */
  readonly photo: Uint8Array
  /** YYYYMMDD; not covered by the signature. */
  readonly expiry?: string
  /** PNG of the security code; not covered by the signature. */
  readonly securityCode?: Uint8Array
}

/** DigestInfo of SHA-256 that announces 96 bytes. */
const THREE_HASHES = fromHex('3071300D060960864801650304020105000460')

export function parseFace(file: Uint8Array): FaceRecord | undefined {
  const template = parseTemplate(file, TAGS.face)
  const birth = text(template?.get(0xdf22))
  const sex = text(template?.get(0xdf23))
  const key = parseCardKey(template?.get(0xdf24) ?? new Uint8Array())
  const [name, address, photo, signature] = [0xdf25, 0xdf26, 0xdf27, 0xdf28].map((tag) => template?.get(tag))
  const hashes = template && groupHashes(template)
  if (!birth || !/^\d{8}$/.test(birth) || !sex || !key || !name || !address || !photo || !signature || !hashes)
    return undefined
  const expiry = text(template?.get(0xdf29))
  const securityCode = template?.get(0xdf2a)
  return {
    birth,
    sex: sexOf(sex),
    key,
    name,
    address,
    photo,
    ...(expiry === undefined ? {} : { expiry }),
    ...(securityCode === undefined ? {} : { securityCode }),
    isSignedBy: (issuer) => verifyPkcs1(issuer, concat(THREE_HASHES, hashes), signature),
  }
}

/** The three groups, as they are written: birth to key, both texts, photo. */
function groupHashes(template: Template): Uint8Array | undefined {
  const groups = [
    between(template, 0xdf22, 0xdf25),
    between(template, 0xdf25, 0xdf27),
    between(template, 0xdf27, 0xdf28),
  ]
  const whole = groups.filter((group) => group !== undefined)
  return whole.length === 3 ? concat(...whole.map((group) => sha256(group))) : undefined
}

/** EF 0003, free. */
export interface VisualVersion {
  /** Four bytes, hexadecimal. */
  readonly version: string
  readonly municipality: string
}

export function parseVersion(file: Uint8Array): VisualVersion | undefined {
  const template = parseTemplate(file, TAGS.version)
  const version = template?.get(0xdf31)
  const municipality = text(template?.get(0xdf34))
  return version && municipality && /^\d{5}$/.test(municipality) ? { version: hex(version), municipality } : undefined
}

/** EF 0005, opened by 照合番号A: the back of the card. */
export interface MyNumberRecord extends SignedRecord {
  /** PNG of the My Number. */
  readonly picture: Uint8Array
}

export function parseMyNumberPicture(file: Uint8Array): MyNumberRecord | undefined {
  const picture = parseTemplate(file, TAGS.myNumber)?.get(0xdf41)
  const record = signedTemplate(file, { tag: TAGS.myNumber, first: 0xdf41, key: 0xdf42, signature: 0xdf43 })
  return record && picture ? { ...record, picture } : undefined
}

/** A template that carries the card's key and is signed over everything before the signature. */
function signedTemplate(
  file: Uint8Array,
  tags: { readonly tag: number; readonly first: number; readonly key: number; readonly signature: number },
): SignedRecord | undefined {
  const template = parseTemplate(file, tags.tag)
  const content = template && between(template, tags.first, tags.signature)
  const key: CardKey | undefined = parseCardKey(template?.get(tags.key) ?? new Uint8Array())
  const signature = template?.get(tags.signature)
  if (!template || !content || !key || !signature) return undefined
  const header = headerOf(file, tags.tag, template.valueStart)
  return { key, isSignedBy: (issuer) => isSignedWithOrWithoutHeader(issuer, header, content, signature) }
}
