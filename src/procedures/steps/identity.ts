/** 本人確認 at a counter: staff look at papers and face – the holder's, or those of somebody who acts for them – and the backend keeps how. */
import type { FailureCode } from '../../base/failures/catalogue.ts'
import type { IdentityPurpose } from '../../wire/backend-card-work.ts'
import type { StaffDesk } from '../staff-desk.ts'
import type { Terminal } from '../terminal.ts'
import { failureOfAnswer } from './refusal.ts'

/** `check` names the record: good for half an hour, this card, this operator and this purpose. */
export type Checked = { readonly check: string } | { readonly failure: FailureCode }

/** About the card of this serial (P6). Rejects with `Stopped`. */
export async function checkIdentity(
  { backend }: Terminal,
  staff: StaffDesk,
  serial: string,
  purpose: IdentityPurpose,
): Promise<Checked> {
  let problem: 'faceOrProxy' | undefined
  for (;;) {
    const looked = await staff.ask({ kind: 'checkIdentity', purpose, ...(problem && { problem }) })
    if ('back' in looked) return { failure: 'cancelled' }
    if (looked.face === 'notCompared' && looked.proxy === undefined) {
      problem = 'faceOrProxy'
      continue
    }
    const recorded = await backend.call('recordIdentityCheck', { params: { serial }, body: { ...looked, purpose } })
    return recorded.kind === 'ok' ? { check: recorded.value.check } : { failure: failureOfAnswer(recorded) }
  }
}

/** Whoever staff picked (F58) is the holder of this card, or nobody was picked. */
export const isTheirs = (staff: StaffDesk | undefined, holder: string | undefined): boolean =>
  staff?.person === undefined || staff.person.id === holder
