/** The OCSP responder (RFC 6960): the state is read for every answer, only the signature over an unchanged one is kept. */

import { createHash } from 'node:crypto'
import { equal } from '../../base/bytes.ts'
import type { Clock } from '../../base/clock.ts'
import { readPublicKey } from '../../pki/algorithm.ts'
import { decode } from '../../pki/der-reader.ts'
import { buildOcspRequest, type CertId, certId, parseOcspRequest } from '../../pki/ocsp-request.ts'
import { buildOcsp, type OcspAnswer, ocspError } from '../../pki/ocsp-response.ts'
import { OID } from '../../pki/oids.ts'
import { type IssuingAuthority, keyIdOf, sha256 } from '../ca/issuers.ts'
import { newestOf } from '../ca/links.ts'
import type { KeyStore } from '../keys/key-store.ts'
import type { Reads } from '../store/store.ts'
import { certStatus, type StatusRow, statusRow } from './cert-status.ts'
import { linkageExtension } from './linkage.ts'

/** How long an answer may be cached by its asker, and how old a kept signature may be before it is made anew. */
export const OCSP_VALID_MS = 15 * 60_000
const REFRESH_MS = 5 * 60_000
/** Most certificates one request may ask about; most signatures kept. */
const MOST_ASKED = 20
const MOST_KEPT = 50_000

export interface OcspReply {
  readonly bytes: Uint8Array
  /** Milliseconds the answer may be cached; 0 for answers bound to a nonce and for errors. */
  readonly maxAge: number
}

export interface OcspResponder {
  /** Never throws for bad input; throws when the store or the keys fail (the door then answers `tryLater`). */
  answer(request: Uint8Array): Promise<OcspReply>
  /** Signs the answer for a certificate before anybody asks; what the outbox calls when its state changed (rule 12). */
  refresh(issuer: string, serial: number): Promise<void>
}

interface Known {
  readonly issuer: IssuingAuthority
  readonly hashes: Readonly<Record<string, { readonly name: Uint8Array; readonly key: Uint8Array }>>
}

export interface ResponderParts {
  readonly store: Reads
  readonly keys: KeyStore
  readonly clock: Clock
}

const keyIds = new WeakMap<Uint8Array, Uint8Array>()

/** Worked out once for each key that is kept. */
function keyIdKept(publicKey: Uint8Array): Uint8Array {
  const known = keyIds.get(publicKey) ?? keyIdOf(publicKey)
  keyIds.set(publicKey, known)
  return known
}

/** One responder for all authorities given; a request is answered by the authority it names. */
export function ocspResponder(
  { store, keys, clock }: ResponderParts,
  issuers: readonly IssuingAuthority[],
): OcspResponder {
  const known: readonly Known[] = issuers.map((issuer) => ({
    issuer,
    hashes: {
      [OID.sha1]: { name: sha1(issuer.name), key: issuer.keyId },
      [OID.sha256]: { name: sha256(issuer.name), key: sha256(keyBits(issuer.key.publicKey)) },
    },
  }))
  const byKeyId = new Map(issuers.map((issuer) => [issuer.id, issuer]))
  interface Kept {
    readonly reply: OcspReply
    readonly state: string
    readonly at: number
  }
  const kept = new Map<string, Kept>()

  const authorityOf = (id: CertId): Known | undefined =>
    known.find(({ hashes }) => {
      const own = hashes[id.hashAlgorithm]
      return own !== undefined && equal(own.name, id.issuerNameHash) && equal(own.key, id.issuerKeyHash)
    })

  const rowOf = (issuer: string, serial: bigint): Promise<StatusRow | undefined> =>
    serial > 0x7fffffffn ? Promise.resolve(undefined) : statusRow(store, issuer, Number(serial))

  async function singleAnswer(id: CertId, row: StatusRow | undefined, now: number): Promise<OcspAnswer> {
    const status = certStatus(row)
    const replaced = row !== undefined && status.kind === 'revoked' && status.reason === 'superseded'
    const newest = replaced ? await newestOf(store, row.issuer, row.serial) : undefined
    const authority = newest === undefined ? undefined : byKeyId.get(newest.issuer)
    const linked =
      newest === undefined || authority === undefined
        ? {}
        : { extensions: [linkageExtension(authority.keyId, newest.serial)] }
    return { certId: id.encoding, status, thisUpdate: now, nextUpdate: now + OCSP_VALID_MS, ...linked }
  }

  async function sign({ issuer }: Known, answers: readonly OcspAnswer[], now: number, nonce?: Uint8Array) {
    // Taken together: another may be adopted while this one signs.
    const { responderKey, responderCertificate } = issuer
    return buildOcsp(
      {
        ...{ responderKeyId: keyIdKept(responderKey.publicKey), producedAt: now, answers },
        ...(nonce === undefined ? {} : { nonce }),
      },
      {
        algorithm: responderKey.algorithm,
        sign: (bytes) => keys.sign(responderKey, bytes),
        certificates: [responderCertificate],
      },
    )
  }

  const responder: OcspResponder = {
    async answer(request) {
      const parsed = parseOcspRequest(request)
      if (!parsed.ok || parsed.value.certificates.length > MOST_ASKED) return refusal('malformedRequest')
      const { certificates, nonce } = parsed.value
      const [first] = certificates
      const authority = first === undefined ? undefined : authorityOf(first)
      if (first === undefined || authority === undefined || !certificates.every((id) => authorityOf(id) === authority))
        return refusal('unauthorized')
      const now = clock.now()
      const issuer = authority.issuer.id
      if (certificates.length > 1 || nonce !== undefined) {
        const rows = await Promise.all(certificates.map(({ serial }) => rowOf(issuer, serial)))
        const answers = await Promise.all(certificates.map((id, i) => singleAnswer(id, rows[i], now)))
        return { bytes: await sign(authority, answers, now, nonce), maxAge: 0 }
      }
      const row = await rowOf(issuer, first.serial)
      const key = Buffer.from(first.encoding).toString('latin1')
      // A replaced certificate's line may have grown since; its answer is always made anew.
      const state =
        row === undefined ? 'unknown' : row.reason === 4 ? undefined : `${row.state} ${row.ended_at} ${row.reason}`
      const before = kept.get(key)
      if (before !== undefined && before.state === state && now - before.at < REFRESH_MS && now >= before.at)
        return { ...before.reply, maxAge: before.at + OCSP_VALID_MS - now }
      const bytes = await sign(authority, [await singleAnswer(first, row, now)], now)
      const reply = { bytes, maxAge: OCSP_VALID_MS }
      if (state !== undefined) keep(kept, key, { reply, state, at: now })
      return reply
    },
    async refresh(issuer, serial) {
      const hashes = known.find((candidate) => candidate.issuer.id === issuer)?.hashes[OID.sha1]
      if (hashes === undefined) return
      await responder.answer(buildOcspRequest([certId(OID.sha1, hashes.name, hashes.key, serial)]))
    },
  }
  return responder
}

const refusal = (name: Parameters<typeof ocspError>[0]): OcspReply => ({ bytes: ocspError(name), maxAge: 0 })
const sha1 = (bytes: Uint8Array) => Uint8Array.from(createHash('sha1').update(bytes).digest())

function keyBits(spki: Uint8Array): Uint8Array {
  const key = decode(spki, (cursor) => readPublicKey(cursor, 'public key'))
  if (!key.ok) throw key.error
  return key.value.bits
}

/** Bounded: the oldest goes. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= MOST_KEPT) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
