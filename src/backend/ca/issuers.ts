/** The authorities that sign: two kinds, several generations at once (F48), same names, different keys. */
import { hash } from 'node:crypto'
import type { AlgorithmName } from '../../pki/algorithm.ts'
import { readPublicKey } from '../../pki/algorithm.ts'
import type { Issuer as IssuerFields } from '../../pki/certificate-build.ts'
import { decode } from '../../pki/der-reader.ts'
import { type AuthorityKind, authorityAltName, authorityName } from '../../pki/jpki-names.ts'
import type { ValidityRulesName } from '../../pki/validity.ts'
import type { PrivateKeyRef } from '../keys/key-store.ts'
import type { Reads, Row } from '../store/store.ts'

export interface IssuingAuthority extends IssuerFields {
  /** `sign-1`: authority and generation. */
  readonly id: string
  readonly authority: AuthorityKind
  readonly generation: number
  readonly key: PrivateKeyRef
  readonly certificate: Uint8Array
  /** Epoch milliseconds. */
  readonly notAfter: number
  /** Takes new orders; an authority that does not still answers for what it issued. */
  readonly issuing: boolean
  readonly firstSerial: number
  /** Rules its certificates end by. */
  readonly validity: ValidityRulesName
  /** Base address under which its CRLs are found; the shard follows. */
  readonly crl: string
  readonly responderKey: PrivateKeyRef
  readonly responderCertificate: Uint8Array
}

/** SHA-1 of the key's bits: key identifiers (RFC 5280, 4.2.1.2, method 1). Throws on bytes that are no known key. */
export function keyIdOf(spki: Uint8Array): Uint8Array {
  const key = decode(spki, (cursor) => readPublicKey(cursor, 'public key'))
  if (!key.ok) throw key.error
  return keyIdOfBits(key.value.bits)
}

/** The same from the content of the subjectPublicKey. */
export const keyIdOfBits = (bits: Uint8Array): Uint8Array => new Uint8Array(hash('sha1', bits, 'buffer'))

export const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(hash('sha256', bytes, 'buffer'))

interface IssuerRow extends Row {
  readonly id: string
  readonly authority: AuthorityKind
  readonly generation: number
  readonly algorithm: AlgorithmName
  readonly key_id: string
  readonly public_key: Uint8Array
  readonly certificate: Uint8Array
  readonly serial: number
  readonly not_after: number
  readonly issuing: number
  readonly first_serial: number
  readonly validity: ValidityRulesName
  readonly cps: string
  readonly ocsp: string
  readonly crl: string
  readonly responder_key_id: string
  readonly responder_key: Uint8Array
  readonly responder_certificate: Uint8Array
}

/** All authorities, newest generation first. What is returned never changes but for `issuing`, and for the responder by `adoptResponders`. */
export async function loadIssuers(store: Reads): Promise<readonly IssuingAuthority[]> {
  const rows = await store.all<IssuerRow>('SELECT * FROM issuer ORDER BY generation DESC, authority')
  return rows.map((row) => ({
    id: row.id,
    authority: row.authority,
    generation: row.generation,
    algorithm: row.algorithm,
    name: authorityName(row.authority),
    altName: authorityAltName(row.authority),
    serial: row.serial,
    keyId: keyIdOf(row.public_key),
    key: { id: row.key_id, algorithm: row.algorithm, publicKey: row.public_key },
    certificate: row.certificate,
    notAfter: row.not_after,
    issuing: row.issuing === 1,
    firstSerial: row.first_serial,
    validity: row.validity,
    cps: row.cps,
    ocsp: row.ocsp,
    crl: row.crl,
    ...responderOf(row),
  }))
}

type ResponderRow = Pick<IssuerRow, 'algorithm' | 'responder_key_id' | 'responder_key' | 'responder_certificate'>

const responderOf = (row: ResponderRow): Pick<IssuingAuthority, 'responderKey' | 'responderCertificate'> => ({
  responderKey: { id: row.responder_key_id, algorithm: row.algorithm, publicKey: row.responder_key },
  responderCertificate: row.responder_certificate,
})

/** Puts the responders that the database has now into `issuers`, in place: whoever holds an authority answers with its new one. */
export async function adoptResponders(store: Reads, issuers: readonly IssuingAuthority[]): Promise<void> {
  const columns = 'id, algorithm, responder_key_id, responder_key, responder_certificate'
  const rows = await store.all<ResponderRow & { readonly id: string }>(`SELECT ${columns} FROM issuer`)
  for (const row of rows) {
    const issuer = issuers.find(({ id }) => id === row.id)
    if (issuer !== undefined && issuer.responderKey.id !== row.responder_key_id) Object.assign(issuer, responderOf(row))
  }
}

/** Address of the CRL of one shard; `all` is the one that holds every shard. */
export const crlAddress = (issuer: Pick<IssuingAuthority, 'crl' | 'id'>, shard: string): string =>
  `${issuer.crl}/${issuer.id}/${shard}.crl`
