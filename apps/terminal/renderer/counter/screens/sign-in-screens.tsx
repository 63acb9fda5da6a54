/** Who is at the counter: the staff card, its PIN, its last try, and a second member of staff for a moment. */

import type { FailureCode } from '../../../../../src/base/failures/catalogue.ts'
import type { StaffView } from '../../../../../src/wire/staff-view.ts'
import { CardPicture } from '../../shared/card-picture.tsx'
import { usePreferences } from '../../shared/preferences.tsx'
import { RubyText } from '../../shared/words/ruby-text.tsx'
import { sayFailure } from '../../shared/words/words.ts'
import type { StaffLink } from '../staff-link.ts'
import { StaffPin } from '../staff-pin.tsx'
import { useStaffWords } from '../words/staff-words.ts'
import { Act, Problem, type StaffScreenProps, Work } from './frame.tsx'

/** A sign-in is the same at a counter and where faces are compared: it only answers. */
export type SignInProps<K extends StaffView['kind']> = Omit<StaffScreenProps<K>, 'host'> & {
  readonly host: Pick<StaffLink, 'answer'>
}

/** Why a card cannot be used, and what to do. */
export function FailureLine({ failure }: { readonly failure: FailureCode }) {
  const { happened, toDo } = sayFailure(usePreferences().preferences.language, failure)
  return (
    <Problem>
      <RubyText>{happened}</RubyText> <RubyText>{toDo}</RubyText>
    </Problem>
  )
}

export function SignIn({ view: { problem } }: SignInProps<'signIn'>) {
  const words = useStaffWords()
  return (
    <Work title={words.show('staff.signIn.title')}>
      {problem && <FailureLine failure={problem} />}
      <CardPicture motion="down" />
      <p className="lead">{words.show('staff.signIn.how')}</p>
    </Work>
  )
}

export function StaffPinScreen({ view, screen, host }: SignInProps<'staffPin'>) {
  const words = useStaffWords()
  const { triesLeft, who, entry, problem } = view
  const back = () => host.answer<'staffPin'>(screen, { back: true })
  return (
    <Work
      title={words.show(`staff.pin.${who}`)}
      leave={
        entry === 'screen' && (
          <Act look="leave" shortcut="Escape" onPress={back}>
            {words.show('staff.back')}
          </Act>
        )
      }
    >
      {problem && <Problem>{words.show(`problem.${problem}`)}</Problem>}
      <p className="tries">{words.show('triesLeft', { tries: triesLeft })}</p>
      {entry === 'screen' ? (
        <StaffPin onPin={(pin) => host.answer<'staffPin'>(screen, { entered: true }, pin)} />
      ) : (
        <p className="lead">{words.show('staff.pin.reader')}</p>
      )}
    </Work>
  )
}

export function StaffLastTry({ view: { who }, screen, host }: SignInProps<'confirmLastTry'>) {
  const words = useStaffWords()
  const answer = (goOn: boolean) => host.answer<'confirmLastTry'>(screen, { goOn })
  return (
    <Work
      title={words.show('staff.lastTry.title')}
      alert
      leave={<Act onPress={() => answer(true)}>{words.show('confirmLastTry.goOn')}</Act>}
      actions={
        <Act look="primary" shortcut="Escape" onPress={() => answer(false)}>
          {words.show('confirmLastTry.stop')}
        </Act>
      }
    >
      <p className="lead">{words.show(`staff.lastTry.${who}`)}</p>
    </Work>
  )
}

export function SecondOperator({ view: { step, problem }, host }: StaffScreenProps<'secondOperator'>) {
  const words = useStaffWords()
  return (
    <Work
      title={words.show(`staff.second.${step}`)}
      leave={
        <Act look="leave" shortcut="Escape" onPress={host.cancel}>
          {words.show('staff.stop')}
        </Act>
      }
    >
      {problem && <FailureLine failure={problem} />}
      <CardPicture motion="down" />
      <p className="lead">{words.show(`staff.second.${step}.how`)}</p>
    </Work>
  )
}
