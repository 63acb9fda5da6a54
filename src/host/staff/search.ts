/** Finding a person (F58): kana and birth alone are refused, nobody is ever picked by the program, two hits are looked at by two. */
import type { FailureCode } from '../../base/failures/catalogue.ts'
import type { Answered, BackendLine } from '../../procedures/backend-line.ts'
import { failureOfAnswer } from '../../procedures/steps/refusal.ts'
import type { Candidate, StaffAnswers, StaffViewOf } from '../../wire/staff-view.ts'
import type { StaffSession } from './sign-in.ts'
import type { StaffScreenDesk } from './staff-screen.ts'

export interface SearchDesk {
  readonly screen: StaffScreenDesk
  /** In the name of who searches. */
  readonly backend: BackendLine
  /** Another member of staff signs in, looks, and leaves again. Undefined: the look was broken off. */
  secondLook<T>(look: (second: StaffSession) => Promise<T | undefined>): Promise<T | undefined>
}

export type Searched =
  | { readonly kind: 'picked'; readonly person: Candidate }
  | { readonly kind: 'back' }
  | { readonly kind: 'failed'; readonly failure: FailureCode }

type Found = Omit<StaffViewOf<'candidates'>, 'kind' | 'who' | 'problem'>

/** Rejects with `Stopped`. */
export async function searchPerson(desk: SearchDesk): Promise<Searched> {
  let problem: StaffViewOf<'search'>['problem']
  for (;;) {
    const asked = await desk.screen.ask({ kind: 'search', ...(problem && { problem }) })
    if ('back' in asked) return { kind: 'back' }
    const found = await desk.backend.call('searchPeople', { body: asked })
    if (found.kind === 'refused' && found.code === 'searchTooWeak') problem = 'tooWeak'
    else if (found.kind !== 'ok') return { kind: 'failed', failure: failureOfAnswer(found) }
    else if (found.value.candidates.length === 0) problem = 'nobody'
    else {
      const candidates = found.value.candidates.map(candidateOf)
      const picked = await pick(desk, { candidates, secondLook: found.value.kind === 'secondLook' })
      if (picked.kind !== 'back') return picked
      problem = undefined
    }
  }
}

type Look = Exclude<StaffAnswers['candidates'], { back: true }>

async function pick(desk: SearchDesk, found: Found): Promise<Searched> {
  let mismatch = false
  for (;;) {
    const first = await look(desk, 'operator', found, mismatch)
    if (first === undefined) return { kind: 'back' }
    let answer: Answered<Candidate> | undefined = await desk.backend.call('pickPerson', { body: first })
    if (answer.kind === 'refused' && answer.code === 'secondLookNeeded') {
      // The pick is made while the second one is signed in: the backend knows them by their session.
      answer = await desk.secondLook(async (second) => {
        const theirs = await look(desk, 'secondOperator', found, false)
        if (theirs === undefined) return undefined
        if (theirs.holder !== first.holder) return MISMATCH
        return await desk.backend.call('pickPerson', { body: { ...theirs, secondOperator: second.token } })
      })
    }
    if (answer?.kind === 'ok') return { kind: 'picked', person: candidateOf(answer.value) }
    mismatch = answer?.kind === 'refused' && answer.code === 'pickMismatch'
    if (answer !== undefined && !mismatch) return { kind: 'failed', failure: failureOfAnswer(answer) }
  }
}

const MISMATCH: Answered<never> = { kind: 'refused', code: 'pickMismatch' }

async function look(
  { screen }: SearchDesk,
  who: StaffViewOf<'candidates'>['who'],
  found: Found,
  mismatch: boolean,
): Promise<Look | undefined> {
  const problem = mismatch ? { problem: 'mismatch' as const } : {}
  const answer = await screen.ask({ kind: 'candidates', who, ...found, ...problem })
  return 'back' in answer ? undefined : answer
}

/** What a screen is told of a person: the fields that are compared, and no more. */
const candidateOf = ({ id, municipality, name, kana, sex, birth, address }: Candidate): Candidate => ({
  ...{ id, municipality, name, kana, sex, birth, address },
})
