/** The validity service of the local authentication platform: one certificate or a stream of them, live or by the published list. */

import { parseCrl } from '../../pki/crl.ts'
import type { RevokedIndex } from '../../pki/revoked-index.ts'
import type { IssuingAuthority } from '../ca/issuers.ts'
import { newestOf } from '../ca/links.ts'
import type { Context } from '../context.ts'
import { certStatus, statusRow } from './cert-status.ts'
import type { CrlPublisher } from './crl.ts'
import { issuerById, WHOLE } from './crl.ts'

export interface ValidityQuery {
  readonly issuer: string
  readonly serial: number
}

export interface Validity extends ValidityQuery {
  readonly status: 'good' | 'revoked' | 'unknown'
  readonly reason?: string
  /** Since when it is not good. */
  readonly at?: number
  readonly expired?: boolean
  /** What replaced it (新旧紐付け). */
  readonly newest?: ValidityQuery
  readonly source: 'live' | 'list'
  /** How fresh the answer is: now for the live state, the list's own times for a list. */
  readonly thisUpdate: number
  readonly nextUpdate?: number
}

export interface ValidityService {
  live(query: ValidityQuery): Promise<Validity>
  /** A list knows no `unknown`: what it does not name is good as far as the list goes. Throws `unknownIssuer`. */
  byList(query: ValidityQuery): Promise<Validity>
}

export function validityService(
  context: Context,
  issuers: readonly IssuingAuthority[],
  lists: CrlPublisher,
): ValidityService {
  /** The index of a list is made once per list, not once per question. */
  const parsed = new WeakMap<Uint8Array, RevokedIndex>()

  return {
    async live({ issuer, serial }) {
      issuerById(issuers, issuer)
      const now = context.clock.now()
      const row = await statusRow(context.store, issuer, serial)
      const status = certStatus(row)
      const base = { issuer, serial, source: 'live' as const, thisUpdate: now }
      if (status.kind === 'unknown' || row === undefined) return { ...base, status: 'unknown' }
      const expired = row.not_after < now
      if (status.kind === 'good') return { ...base, status: 'good', expired }
      const newest = status.reason === 'superseded' ? await newestOf(context.store, issuer, serial) : undefined
      const linked = newest === undefined ? {} : { newest: { issuer: newest.issuer, serial: newest.serial } }
      return { ...base, status: 'revoked', reason: status.reason, at: status.at, expired, ...linked }
    },
    async byList({ issuer, serial }) {
      const { bytes, freshness } = await lists.current(issuerById(issuers, issuer), WHOLE)
      let index = parsed.get(bytes)
      if (index === undefined) {
        const list = parseCrl(bytes)
        if (!list.ok) throw list.error
        index = list.value.revoked
        parsed.set(bytes, index)
      }
      const { thisUpdate, nextUpdate } = freshness
      const found = index.find(serial)
      const base = { issuer, serial, source: 'list' as const, thisUpdate, nextUpdate }
      return found === undefined
        ? { ...base, status: 'good' }
        : { ...base, status: 'revoked', reason: found.reason, at: found.at }
    },
  }
}
