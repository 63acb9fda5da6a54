/** The staff screen's end of the channel to the hall. Everything that arrives is checked; answers go back with their prompt's id. */
import { type Diagnostics, diagnosticsSchema } from '../../../../src/wire/diagnostics.ts'
import {
  type StaffAnswers,
  type StaffQuestionKind,
  type StaffScreen,
  staffScreenSchema,
} from '../../../../src/wire/staff-view.ts'
import type { ProcedureName } from '../../../../src/wire/view.ts'
import { openChannel } from '../shared/channel.ts'

/** What staff do, on its way to the hall. A refusal means that the screen has moved on; the next one is already coming. */
export interface StaffLink {
  start(procedure: ProcedureName): void
  search(): void
  cancel(): void
  signOut(): void
  /** How the terminal is. Rejects when nobody is signed in any more. */
  diagnostics(): Promise<Diagnostics>
  answer<K extends StaffQuestionKind>(screen: StaffScreen, answer: StaffAnswers[K], secret?: Uint8Array): void
}

export interface StaffWatch {
  readonly onScreen: (screen: StaffScreen) => void
  readonly onLost: () => void
}

export function openStaffLink({ onScreen, onLost }: StaffWatch): StaffLink {
  const channel = openChannel('/staff', onLost)
  const send = (name: string, input: unknown, secret?: Uint8Array) =>
    void channel
      .call(name, input, secret)
      .catch(() => {})
      .finally(() => secret?.fill(0))
  channel.listen('screen', (value) => onScreen(staffScreenSchema.parse(value)))
  return {
    start: (procedure) => send('start', { procedure }),
    search: () => send('search', {}),
    cancel: () => send('cancel', {}),
    signOut: () => send('signOut', {}),
    diagnostics: async () => diagnosticsSchema.parse(await channel.call('diagnostics', {})),
    answer: ({ prompt }, answer, secret) => send('answer', { prompt, answer }, secret),
  }
}
