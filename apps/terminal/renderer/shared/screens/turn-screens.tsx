/** The person's turn: what would you like, are you still there, it is done, it could not be done. */
import { Button } from 'react-aria-components'
import { usePreferences, useWords } from '../preferences.tsx'
import { RubyText } from '../words/ruby-text.tsx'
import { sayFailure } from '../words/words.ts'
import { Panel, type ScreenProps } from './frame.tsx'

export function Idle({ view: { procedures }, host }: ScreenProps<'idle'>) {
  const words = useWords()
  return (
    <Panel title={words.show('idle.title')}>
      <div className="choices">
        {procedures.map((procedure) => (
          <Button key={procedure} className="button choice-button" onPress={() => host.start(procedure)}>
            <span className="choice-name">{words.show(`procedure.${procedure}`)}</span>
          </Button>
        ))}
      </div>
    </Panel>
  )
}

export function StillThere({ screen, host }: ScreenProps<'stillThere'>) {
  const words = useWords()
  return (
    <Panel title={words.show('stillThere.title')}>
      <p className="lead">{words.show('stillThere.text')}</p>
      <div className="actions">
        <Button className="button" onPress={host.cancel}>
          {words.show('cancel')}
        </Button>
        <Button className="button primary" onPress={() => host.answer<'stillThere'>(screen, { here: true })}>
          {words.show('stillThere.here')}
        </Button>
      </div>
    </Panel>
  )
}

export function Done({ view: { procedure }, screen, host }: ScreenProps<'done'>) {
  const words = useWords()
  return (
    <Panel title={words.show(`done.${procedure}`)}>
      <p className="mark" aria-hidden="true">
        ✓
      </p>
      <Button className="button primary" onPress={() => host.answer<'done'>(screen, { seen: true })}>
        {words.show('close')}
      </Button>
    </Panel>
  )
}

/** In this order: what happened, is my card safe, what do I do now, whom to call; the code small at the bottom. */
export function Failed({ view: { failure }, screen, host }: ScreenProps<'failed'>) {
  const words = useWords()
  const { happened, cardIsSafe, toDo, call } = sayFailure(usePreferences().preferences.language, failure)
  return (
    <Panel title={words.show('failed.title')}>
      <div className="failure">
        {[happened, cardIsSafe, toDo, call].filter(Boolean).map((sentence) => (
          <p key={sentence}>
            <RubyText>{sentence}</RubyText>
          </p>
        ))}
      </div>
      <Button className="button primary" onPress={() => host.answer<'failed'>(screen, { seen: true })}>
        {words.show('close')}
      </Button>
      <p className="code">
        {words.show('failed.code')} {failure}
      </p>
    </Panel>
  )
}
