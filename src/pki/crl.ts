/** Reading certificate revocation lists: strict, total, one pass (RFC 5280, 5). */
import type { Certificate } from './certificate.ts'
import { readSigned } from './certificate.ts'
import { contextOf, TAG } from './der.ts'
import { type Decoded, DerCursor, decode } from './der-reader.ts'
import { type AuthorityKeyId, readAuthorityKeyId, readDistributionPointName } from './extensions.ts'
import type { GeneralName } from './general-name.ts'
import { type Name, readName } from './name.ts'
import { OID } from './oids.ts'
import { RevokedIndex } from './revoked-index.ts'

export interface CrlExtensions {
  readonly authorityKeyId?: AuthorityKeyId
  readonly number?: bigint
  /** The shard this list is of; absent for a whole list. */
  readonly distributionPoint?: readonly GeneralName[]
  /** Critical extensions not known here (delta, indirect or partial lists): a relying party must not use the list. */
  readonly unknownCritical: readonly string[]
}

/** Byte arrays are views into the parsed bytes. */
export interface Crl extends Pick<Certificate, 'encoding' | 'tbs' | 'signatureAlgorithm' | 'signature'> {
  readonly issuer: Name
  /** Epoch milliseconds. */
  readonly thisUpdate: number
  readonly nextUpdate: number
  readonly revoked: RevokedIndex
  readonly extensions: CrlExtensions
}

/** A v2 list with extensions, in DER to the last byte. */
export const parseCrl = (encoding: Uint8Array): Decoded<Crl> =>
  decode(encoding, (cursor) => {
    const { tbs, content, by } = readSigned(cursor, 'CRL', readTbs)
    return { encoding, tbs, ...content, ...by }
  })

function readTbs(tbs: DerCursor, algorithm: () => void) {
  if (tbs.small('CRL version') !== 1) tbs.fail('CRL version', 'is not v2')
  algorithm()
  const issuer = readName(tbs, 'CRL issuer')
  const thisUpdate = tbs.time('thisUpdate')
  const nextUpdate = tbs.time('nextUpdate')
  const list = tbs.optional(TAG.SEQUENCE, 'revoked certificates')
  if (list?.content.length === 0) tbs.fail('revoked certificates', 'an empty list must be absent')
  const revoked = new RevokedIndex(
    tbs.bytes,
    list?.offset ?? 0,
    list === undefined ? 0 : list.offset + list.content.length,
  )
  const extensions = tbs.within(contextOf(0), 'CRL extensions', readExtensions)
  return { issuer, thisUpdate, nextUpdate, revoked, extensions }
}

function readExtensions(cursor: DerCursor): CrlExtensions {
  const unknownCritical: string[] = []
  const into: { -readonly [K in keyof CrlExtensions]: CrlExtensions[K] } = { unknownCritical }
  const seen = new Set<string>()
  cursor.list(
    'CRL extensions',
    (list) =>
      list.sequence('CRL extension', (inner) => {
        const id = inner.oid('CRL extension id')
        if (seen.has(id)) inner.fail('CRL extension', `${id} occurs twice`)
        seen.add(id)
        const critical = inner.defaultFalse('CRL extension critical')
        const { content, offset } = inner.expect(TAG.OCTET_STRING, 'CRL extension value')
        const value = new DerCursor(inner.bytes, offset, offset + content.length)
        if (id === OID.authorityKeyIdentifier)
          into.authorityKeyId = value.sequence('authorityKeyIdentifier', readAuthorityKeyId)
        else if (id === OID.cRLNumber) into.number = value.unsigned('cRLNumber')
        else if (id === OID.issuingDistributionPoint) into.distributionPoint = readIssuingDistributionPoint(value)
        else {
          if (critical) unknownCritical.push(id)
          return
        }
        value.end(`CRL extension ${id}`)
      }),
    1,
  )
  return into
}

/** Only the form that names a shard: lists limited by kind or reason, and indirect ones, are refused. */
function readIssuingDistributionPoint(cursor: DerCursor): readonly GeneralName[] {
  return cursor.sequence('issuingDistributionPoint', (inner) => {
    const names = inner.within(contextOf(0), 'issuingDistributionPoint name', readDistributionPointName)
    if (!inner.atEnd) inner.fail('issuingDistributionPoint', 'limits the list further')
    return names
  })
}
