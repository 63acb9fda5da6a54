/**
 * Old → new in an OCSP answer (新旧紐付け情報, F37). The real format is not public (facts 11 [D]); ours is a non-critical extension of
 * the single answer, present when the certificate was replaced:
 *
 *   id     1.3.6.1.4.1.32473.1.1   (the arc RFC 5612 keeps for examples)
 *   value  SEQUENCE { issuerKeyHash OCTET STRING – SHA-1 of the newest certificate's authority's key –, serialNumber INTEGER }
 */
import { integer, octetString, sequence } from '../../pki/der.ts'
import { decode } from '../../pki/der-reader.ts'
import { extension } from '../../pki/extensions.ts'

export const LINKAGE_OID = '1.3.6.1.4.1.32473.1.1'

export interface Linkage {
  readonly issuerKeyHash: Uint8Array
  readonly serial: bigint
}

/** The extension, DER. */
export const linkageExtension = (issuerKeyHash: Uint8Array, serial: number): Uint8Array =>
  extension(LINKAGE_OID, false, sequence(octetString(issuerKeyHash), integer(serial)))

/** The extension's value, or undefined when it is not one. */
export function readLinkage(value: Uint8Array): Linkage | undefined {
  const read = decode(value, (cursor) =>
    cursor.sequence('linkage', (inner) => ({
      issuerKeyHash: inner.octetString('issuerKeyHash'),
      serial: inner.unsigned('serialNumber'),
    })),
  )
  return read.ok ? read.value : undefined
}
