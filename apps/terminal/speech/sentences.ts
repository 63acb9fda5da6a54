/** Every sentence that spoken guidance can say, by the name its recording is found by. */
import { FAILURES, type FailureCode } from '../../../src/base/failures/catalogue.ts'
import { type PinName, type PinStatus, pinName, procedureName, type View, type ViewOf } from '../../../src/wire/view.ts'
import { announcementOf, enteredSentence, type ReaderAt } from '../renderer/shared/announce.ts'
import { LONGEST } from '../renderer/shared/pin-bytes.ts'
import type { Language } from '../renderer/shared/words/words.ts'

const MOST_TRIES = 15
const PINS = pinName.options
const upTo = (most: number): number[] => Array.from({ length: most + 1 }, (_, i) => i)

const READERS = ['kiosk', 'counter', 'phone'] as const satisfies readonly ReaderAt[]

const good = (pin: PinName, triesLeft: number): PinStatus => ({ pin, state: 'good', triesLeft })
const PURPOSES = ['current', 'prove', 'new', 'again'] as const satisfies readonly ViewOf<'enterPin'>['purpose'][]
const PROBLEMS = ['wrong', 'differs', 'notAllowed', 'weak'] as const

/** Each sentence is in one of them; they are no screens that anybody sees. The compiler finds a missing kind. */
const BY_KIND: { readonly [K in View['kind']]: readonly ViewOf<K>[] } = {
  idle: [
    { kind: 'idle', procedures: [] },
    { kind: 'idle', procedures: ['pinStatus'] },
  ],
  insertCard: [{ kind: 'insertCard' }],
  keepCard: [{ kind: 'keepCard', step: 0, steps: 1 }],
  choosePin: [{ kind: 'choosePin', pins: [] }],
  enterPin: [
    ...PINS.flatMap((pin) => PURPOSES.map((purpose) => ({ kind: 'enterPin', pin, purpose }) as const)),
    ...PROBLEMS.map((problem) => ({ kind: 'enterPin', pin: 'auth', purpose: 'new', problem }) as const),
    { kind: 'enterPin', pin: 'auth', purpose: 'new', alsoFor: ['text'] },
    ...(['newer', 'older'] as const).map(
      (which) => ({ kind: 'enterPin', pin: 'juki', purpose: 'current', which }) as const,
    ),
  ],
  explainReset: [
    { kind: 'explainReset', pin: 'sign' },
    { kind: 'explainReset', pin: 'auth' },
  ],
  enterCardFace: [{ kind: 'enterCardFace', problem: 'wrong' }],
  takePortrait: [{ kind: 'takePortrait' }],
  comparing: (['visualCheck', 'engine', 'simulatedEngine'] as const).map((how) => ({ kind: 'comparing', how })),
  confirmLastTry: PINS.map((pin) => ({ kind: 'confirmLastTry', pin })),
  samePin: [{ kind: 'samePin', pins: [...PINS] }],
  pinStatus: [
    { kind: 'pinStatus', pins: upTo(MOST_TRIES).map((tries) => good('auth', tries)) },
    { kind: 'pinStatus', pins: [{ pin: 'auth', state: 'blocked', triesLeft: 0 }] },
    { kind: 'pinStatus', pins: [{ pin: 'auth', state: 'missing', triesLeft: 0 }] },
  ],
  stillThere: [{ kind: 'stillThere' }],
  waitForStaff: [{ kind: 'waitForStaff' }],
  takeCard: [
    { kind: 'takeCard', forgotten: false },
    { kind: 'takeCard', forgotten: true },
  ],
  done: procedureName.exclude(['pinStatus']).options.map((procedure) => ({ kind: 'done', procedure })),
  failed: (Object.keys(FAILURES) as FailureCode[]).map((failure) => ({ kind: 'failed', failure })),
}

export function everySentence(language: Language): ReadonlyMap<string, string> {
  const views: readonly View[] = Object.values(BY_KIND).flat()
  const sentences = [
    ...views.flatMap((view) => READERS.flatMap((at) => announcementOf(view, language, at))),
    ...upTo(LONGEST).map((count) => enteredSentence(count, language)),
  ]
  return new Map(sentences.map(({ id, text }) => [id, text]))
}
