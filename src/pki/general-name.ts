/** GeneralName (RFC 5280, 4.2.1.6): the forms these certificates use, and the rest kept as bytes. */
import { ascii } from '../base/bytes.ts'
import { context, contextOf, der, oid, TAG, utf8String } from './der.ts'
import type { DerCursor } from './der-reader.ts'
import { type Name, readName } from './name.ts'

export type GeneralName =
  /** otherName whose value is a UTF8String, as the JPKI personal data are (facts 5.4). */
  | { readonly kind: 'otherName'; readonly type: string; readonly value: string }
  | { readonly kind: 'directoryName'; readonly name: Name }
  | { readonly kind: 'uri'; readonly uri: string }
  | { readonly kind: 'unsupported'; readonly tag: number; readonly content: Uint8Array }

export const otherName = (type: string, value: string): Uint8Array =>
  der(contextOf(0), oid(type), der(contextOf(0), utf8String(value)))
/** `name` is a DER Name; it is a CHOICE, so its tag is explicit. */
export const directoryName = (name: Uint8Array): Uint8Array => der(contextOf(4), name)
export const uri = (text: string): Uint8Array => der(context(6), ascii(text))

/** rfc822Name, dNSName, iPAddress, registeredID; x400Address, ediPartyName. */
const UNSUPPORTED = [context(1), context(2), context(7), context(8), contextOf(3), contextOf(5)]

export function readGeneralName(cursor: DerCursor, what: string): GeneralName {
  switch (cursor.tag) {
    case contextOf(0):
      return readOtherName(cursor, what)
    case contextOf(4):
      return { kind: 'directoryName', name: cursor.within(contextOf(4), what, (inner) => readName(inner, what)) }
    case context(6):
      return { kind: 'uri', uri: cursor.text(what, TAG.IA5_STRING) }
    default: {
      const { tag, content } = cursor.any(what)
      if (!UNSUPPORTED.includes(tag)) cursor.fail(what, 'is not a GeneralName')
      return { kind: 'unsupported', tag, content }
    }
  }
}

function readOtherName(cursor: DerCursor, what: string): GeneralName {
  const start = cursor.at
  return cursor.within(contextOf(0), what, (inner) => {
    const type = inner.oid(what)
    return inner.within(contextOf(0), what, (value): GeneralName => {
      if (value.tag === TAG.UTF8_STRING) return { kind: 'otherName', type, value: value.text(what) }
      value.any(what)
      return { kind: 'unsupported', tag: contextOf(0), content: cursor.bytes.subarray(start, value.limit) }
    })
  })
}

/** GeneralNames, or an implicitly tagged list of them; never empty. */
export const readGeneralNames = (cursor: DerCursor, what: string, tag: number = TAG.SEQUENCE): readonly GeneralName[] =>
  cursor.list(what, (inner) => readGeneralName(inner, what), 1, tag)
