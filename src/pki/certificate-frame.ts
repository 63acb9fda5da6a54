/**
 * The frame of a certificate: every byte that is the same in all certificates of one authority, profile and CRL shard. What differs
 * lies in a few spans. Who has looked at one certificate of a frame need only compare the others' frames and read their spans.
 */
import type { PublicKey } from './algorithm.ts'
import { readPublicKey } from './algorithm.ts'
import { readSerial, readValidity } from './certificate.ts'
import { contextOf, TAG } from './der.ts'
import { type Decoded, DerCursor, decode } from './der-reader.ts'
import { type GeneralName, readGeneralNames } from './general-name.ts'
import { type Name, readName } from './name.ts'
import { OID } from './oids.ts'

/** Offsets into the TBSCertificate: first octet and the one after the last. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface Spans {
  /** Whole data values. */
  readonly serial: Span
  readonly validity: Span
  readonly subject: Span
  readonly publicKey: Span
  /** Values of extensions, where there are such. */
  readonly subjectAltName?: Span
  readonly subjectKeyId?: Span
}

/** What the spans hold. Byte arrays are views. */
export interface Own {
  readonly serial: bigint
  /** Epoch milliseconds. */
  readonly validity: readonly [notBefore: number, notAfter: number]
  readonly subject: Name
  readonly publicKey: PublicKey
  readonly subjectAltName?: readonly GeneralName[]
  readonly subjectKeyId?: Uint8Array
}

/** Finds the spans of a TBSCertificate. */
export const spansOf = (tbs: Uint8Array): Decoded<Spans> =>
  decode(tbs, (cursor) =>
    cursor.sequence('certificate', (fields) => {
      const span = (what: string): Span => {
        const start = fields.at
        fields.any(what)
        return { start, end: fields.at }
      }
      fields.any('version')
      const serial = span('serial')
      fields.any('signature algorithm')
      fields.any('issuer')
      const [validity, subject, publicKey] = [span('validity'), span('subject'), span('public key')]
      return { serial, validity, subject, publicKey, ...fields.within(contextOf(3), 'extensions', extensionSpans) }
    }),
  )

function extensionSpans(cursor: DerCursor): Pick<Spans, 'subjectAltName' | 'subjectKeyId'> {
  const found: { subjectAltName?: Span; subjectKeyId?: Span } = {}
  cursor.list('extensions', (list) =>
    list.sequence('extension', (inner) => {
      const id = inner.oid('extension id')
      inner.defaultFalse('extension critical')
      const { content, offset } = inner.expect(TAG.OCTET_STRING, 'extension value')
      const span = { start: offset, end: offset + content.length }
      if (id === OID.subjectAltName) found.subjectAltName = span
      if (id === OID.subjectKeyIdentifier) found.subjectKeyId = span
    }),
  )
  return found
}

/** Have both the same length, and the same bytes everywhere but in the spans? */
export function sameFrame(a: Uint8Array, b: Uint8Array, spans: Spans): boolean {
  if (a.length !== b.length) return false
  let at = 0
  for (const { start, end } of [...inOrder(spans), { start: a.length, end: a.length }]) {
    for (; at < start; at++) if (a[at] !== b[at]) return false
    at = end
  }
  return true
}

function inOrder(spans: Spans): readonly Span[] {
  const { serial, validity, subject, publicKey, subjectAltName, subjectKeyId } = spans
  const extensions = [subjectAltName, subjectKeyId].filter((span) => span !== undefined)
  return [serial, validity, subject, publicKey, ...extensions.sort((a, b) => a.start - b.start)]
}

/** Reads the spans of a TBSCertificate whose frame is known, as strictly as if it were read as a whole. */
export function readOwn(tbs: Uint8Array, spans: Spans): Decoded<Own> {
  const inside = <T>({ start, end }: Span, what: string, read: (cursor: DerCursor) => T): T => {
    const cursor = new DerCursor(tbs, start, end)
    const value = read(cursor)
    cursor.end(what)
    return value
  }
  const { subjectAltName: names, subjectKeyId: keyId } = spans
  return decode(tbs, (whole) => {
    whole.at = whole.limit
    return {
      serial: inside(spans.serial, 'serial', readSerial),
      validity: inside(spans.validity, 'validity', readValidity),
      subject: inside(spans.subject, 'subject', (cursor) => readName(cursor, 'subject')),
      publicKey: inside(spans.publicKey, 'public key', (cursor) => readPublicKey(cursor, 'public key')),
      ...(names && { subjectAltName: inside(names, 'names', (cursor) => readGeneralNames(cursor, 'subjectAltName')) }),
      ...(keyId && { subjectKeyId: inside(keyId, 'key id', (cursor) => cursor.octetString('subjectKeyIdentifier')) }),
    }
  })
}
