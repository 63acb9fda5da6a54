/** What the status services say of each state (rule 6): good only when active; never good before the proof, never after an end. */

import type { CertStatus } from '../../pki/ocsp-response.ts'
import { reasonName } from '../../pki/reason.ts'
import type { CertState } from '../ca/states.ts'
import type { Reads, Row } from '../store/store.ts'

export interface StatusRow extends Row {
  readonly id: string
  readonly issuer: string
  readonly serial: number
  readonly state: CertState
  readonly ended_at: number | null
  readonly reason: number | null
  readonly not_after: number
}

export const statusRow = (store: Reads, issuer: string, serial: number): Promise<StatusRow | undefined> =>
  store.get<StatusRow>(
    'SELECT id, issuer, serial, state, ended_at, reason, not_after FROM cert WHERE issuer = ? AND serial = ?',
    issuer,
    serial,
  )

/** A serial nobody ever reserved is unknown. */
export function certStatus(row: Pick<StatusRow, 'state' | 'ended_at' | 'reason'> | undefined): CertStatus {
  switch (row?.state) {
    case undefined:
    case 'reserved':
    case 'signed':
      return { kind: 'unknown' }
    case 'active':
      return { kind: 'good' }
    case 'held':
    case 'revoked':
    case 'void':
      return { kind: 'revoked', at: row?.ended_at ?? 0, reason: reasonName(row?.reason ?? 0) ?? 'unspecified' }
  }
}
