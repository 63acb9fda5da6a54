/** Distinguished names (X.501; RFC 5280, 4.1.2.4) in the exact form of the JPKI certificates (facts 5.1). */
import { oid, printableString, sequence, setOf, utf8String } from './der.ts'
import type { DerCursor } from './der-reader.ts'
import { OID } from './oids.ts'

const LABELS = {
  C: OID.countryName,
  L: OID.localityName,
  O: OID.organizationName,
  OU: OID.organizationalUnitName,
  CN: OID.commonName,
} as const

export type AttributeLabel = keyof typeof LABELS

/** A name as it is written: relative distinguished names of one attribute each, in order, `[['C', 'JP'], ['O', '…']]`. */
export type NameParts = readonly (readonly [AttributeLabel, string])[]

/** A parsed name. `encoding` is what names are compared by: every name of these authorities has exactly one encoding. */
export interface Name {
  readonly encoding: Uint8Array
  /** One entry per attribute; members of a multi-valued RDN follow one another. */
  readonly attributes: readonly { readonly type: string; readonly value: string }[]
}

/** DER of a name: the country as PrintableString, everything else as UTF8String. */
export const encodeName = (parts: NameParts): Uint8Array =>
  sequence(
    ...parts.map(([label, value]) =>
      setOf(sequence(oid(LABELS[label]), label === 'C' ? printableString(value) : utf8String(value))),
    ),
  )

export function readName(cursor: DerCursor, what: string): Name {
  const start = cursor.at
  const attributes: { type: string; value: string }[] = []
  cursor.list(what, (rdns) =>
    rdns.setOf(
      what,
      (rdn) =>
        rdn.sequence(what, (attribute) => {
          attributes.push({ type: attribute.oid(what), value: attribute.text(what) })
        }),
      1,
    ),
  )
  return { encoding: cursor.bytes.subarray(start, cursor.at), attributes }
}

const labelOf = (type: string) => Object.entries(LABELS).find(([, dotted]) => dotted === type)?.[0] ?? type

/** `C=JP, O=…, CN=…` in the order of the encoding, special characters escaped as in RFC 4514. */
export const formatName = (name: Name): string =>
  name.attributes.map(({ type, value }) => `${labelOf(type)}=${value.replace(/[,+"\\<>;=]/g, '\\$&')}`).join(', ')

/** The first attribute with this label, if any. */
export const attributeOf = (name: Name, label: AttributeLabel): string | undefined =>
  name.attributes.find(({ type }) => type === LABELS[label])?.value
