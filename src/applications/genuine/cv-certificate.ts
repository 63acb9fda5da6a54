/** Card-verifiable certificates `7F21 { 5F4E, 5F37 }` (facts 2.7). Total. */
import { sha256 } from '@noble/hashes/sha2.js'
import { equal, fromUtf8 } from '../../base/bytes.ts'
import { findTlv, parseTlvs } from '../../base/tlv.ts'
import { parseTemplate } from '../file/template.ts'
import { digestInfo } from '../signature.ts'
import { type CardKey, parseCardKey } from './card-key.ts'
import { verifyPkcs1 } from './rsa-verify.ts'

export interface CvCertificate {
  /** 証明者鍵ID and 被証明者鍵ID, written `9000023/001`. */
  readonly certifier: string
  readonly subject: string
  readonly key: CardKey
  readonly body: Uint8Array
  readonly signature: Uint8Array
}

/** A key of a certification authority that the relying party knows beforehand. */
export interface CvRoot extends CardKey {
  readonly reference: string
}

const TEMPLATE = 0x7f21
const BODY = 0x5f4e
const SIGNATURE = 0x5f37
const KEY_ID = 16
const SEPARATOR = Uint8Array.of(0x08, 0x05)

export const parseCvCertificate = (file: Uint8Array): CvCertificate | undefined => {
  const template = parseTemplate(file, TEMPLATE)
  return template && parseCvContents(template.value)
}

/** Without the template, as GET DATA `00F8` gives it (facts 1.7). */
export function parseCvContents(contents: Uint8Array): CvCertificate | undefined {
  const objects = parseTlvs(contents)
  const body = findTlv(objects, BODY)
  const signature = findTlv(objects, SIGNATURE)
  if (body === undefined || signature === undefined) return undefined
  const certifier = keyReferenceText(body.subarray(0, KEY_ID))
  const subject = keyReferenceText(body.subarray(KEY_ID, 2 * KEY_ID))
  const key = parseCardKey(body.subarray(2 * KEY_ID))
  if (certifier === undefined || subject === undefined || key === undefined) return undefined
  return { certifier, subject, key, body, signature }
}

/** Seven digits, `08 05`, three digits, four bytes of padding. */
export function keyReferenceText(bytes: Uint8Array): string | undefined {
  if (bytes.length !== KEY_ID || !equal(bytes.subarray(7, 9), SEPARATOR)) return undefined
  const digits = [...bytes.subarray(0, 7), ...bytes.subarray(9, 12)]
  if (!digits.every((byte) => byte >= 0x30 && byte <= 0x39)) return undefined
  return `${fromUtf8(bytes.subarray(0, 7))}/${fromUtf8(bytes.subarray(9, 12))}`
}

/** By the key that must have signed it. */
export const isCertifiedBy = ({ body, signature }: CvCertificate, key: CardKey): boolean =>
  isSigned(key, body, signature)

/** PKCS #1 v1.5 with SHA-256. */
export const isSigned = (key: CardKey, bytes: Uint8Array, signature: Uint8Array): boolean =>
  verifyPkcs1(key, digestInfo('SHA-256', sha256(bytes)), signature)
