/** The end of a session of staff, told to the backend or heard from it. */
import type { BackendLine } from '../../procedures/backend-line.ts'
import { Stopped } from '../../procedures/terminal.ts'
import type { BackendClient } from '../backend-client.ts'
import type { Timers } from '../ports.ts'
import type { StaffSession } from './sign-in.ts'

const SIGN_OUT_MS = 3_000

/** Best effort: a session nobody ends runs out by itself, and its token dies here. */
export async function endSession(
  { client, timers }: { readonly client: BackendClient; readonly timers: Timers },
  { token }: StaffSession,
): Promise<void> {
  const late = new AbortController()
  const stopWaiting = timers.after(SIGN_OUT_MS, () => late.abort(new Stopped('backendUnreachable')))
  try {
    await client.line(late).call('signOut', { body: { session: token } })
  } catch (error) {
    if (!(error instanceof Stopped)) throw error
  } finally {
    stopWaiting()
  }
}

/** A line that says when the session has ended at the backend. */
export const heeding = (line: BackendLine, ended: () => void): BackendLine => ({
  call: async (name, input) => {
    const answered = await line.call(name, input)
    if (answered.kind === 'refused' && answered.code === 'operatorSignedOut') ended()
    return answered
  },
})
