/** The staff desk as a procedure sees it: while staff are asked, the resident waits; while the resident acts, staff see that they do. */
import type { StaffDesk } from '../../procedures/staff-desk.ts'
import { Stopped } from '../../procedures/terminal.ts'
import type { Candidate } from '../../wire/staff-view.ts'
import type { ProcedureName, View } from '../../wire/view.ts'
import type { PromptDesk, Shown } from '../prompt-desk.ts'
import type { StaffScreenDesk } from './staff-screen.ts'

export interface StaffDeskParts {
  readonly staff: StaffScreenDesk
  readonly resident: PromptDesk
  readonly procedure: ProcedureName
  readonly person: Candidate | undefined
}

export interface StaffBeside {
  /** For one turn; the signal aborts with `Stopped` when it ends. */
  desk(signal: AbortSignal): StaffDesk
  /** Staff see what the resident does from now on, until the returned function is called or the signal aborts. */
  mirror(until: AbortSignal): () => void
}

export function staffDesk({ staff, resident, procedure, person }: StaffDeskParts): StaffBeside {
  /** Staff have a question: what happens on the other screen must not take it away. */
  let asking = false

  async function asked<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    const stop = () => staff.stop(signal.reason instanceof Stopped ? signal.reason.failure : 'cancelled')
    signal.addEventListener('abort', stop, { once: true })
    asking = true
    resident.show({ kind: 'waitForStaff' })
    try {
      return await ask()
    } finally {
      asking = false
      signal.removeEventListener('abort', stop)
    }
  }

  const see = ({ view }: Shown<View>) => {
    if (asking || view.kind === 'waitForStaff' || view.kind === 'idle') return
    if (view.kind === 'keepCard') staff.show({ kind: 'working', step: view.step, steps: view.steps })
    else staff.show({ kind: 'residentActs', procedure, doing: view.kind })
  }

  return {
    desk: (signal) => ({
      person,
      show: (view) => staff.show(view),
      ask: (question) => asked(signal, () => staff.ask(question as never)),
      askPin: (question) => asked(signal, () => staff.askPin(question, signal)),
    }),
    mirror(until) {
      if (until.aborted) return () => {}
      const stop = resident.watch(see)
      until.addEventListener('abort', stop, { once: true })
      return stop
    },
  }
}
