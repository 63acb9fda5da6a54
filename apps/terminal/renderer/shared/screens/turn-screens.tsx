/** The person's turn: what would you like, are you still there, it is done, it could not be done. */
import { type ReactNode, useState } from 'react'
import { Button } from 'react-aria-components'
import { Icon, type IconName } from '../icons.tsx'
import { usePreferences, useWords } from '../preferences.tsx'
import { RubyText } from '../words/ruby-text.tsx'
import { LANGUAGES, sayFailure } from '../words/words.ts'
import { Panel, type ScreenProps, Sign } from './frame.tsx'
import { Receipt } from './receipt.tsx'

export function Idle({ view: { procedures }, host }: ScreenProps<'idle'>) {
  const words = useWords()
  // At a counter staff begin everything.
  if (procedures.length === 0)
    return (
      <Panel title={words.show('idle.none')}>
        <Sign icon="text" />
        <p className="lead">{words.show('idle.none.text')}</p>
      </Panel>
    )
  return (
    <Panel title={words.show('idle.title')}>
      <div className="choices hero">
        {procedures.map((procedure) => (
          <Button key={procedure} className="button choice" onPress={() => host.start(procedure)}>
            <Icon name={procedure} />
            <span className="choice-words">
              <span className="choice-name">{words.show(`procedure.${procedure}`)}</span>
              <span className="choice-note">{words.show(`procedure.${procedure}.note`)}</span>
            </span>
          </Button>
        ))}
      </div>
    </Panel>
  )
}

export function WaitForStaff(_: ScreenProps<'waitForStaff'>) {
  const words = useWords()
  return (
    <Panel title={words.show('waitForStaff.title')}>
      <Sign icon="help" />
      <p className="lead">{words.show('waitForStaff.text')}</p>
    </Panel>
  )
}

export function StillThere({ screen, host }: ScreenProps<'stillThere'>) {
  const words = useWords()
  return (
    <Panel
      title={words.show('stillThere.title')}
      onCancel={host.cancel}
      actions={
        <Button className="button primary" onPress={() => host.answer<'stillThere'>(screen, { here: true })}>
          {words.show('stillThere.here')}
        </Button>
      }
    >
      <Sign icon="clock" />
      <p className="lead">{words.show('stillThere.text')}</p>
    </Panel>
  )
}

export function Done({ view: { procedure, reference, until }, screen, host, place }: ScreenProps<'done'>) {
  const words = useWords()
  const { tag } = LANGUAGES[usePreferences().preferences.language]
  const date = until && new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short' }).format(until)
  const [printing, setPrinting] = useState(false)
  const print = () => {
    setPrinting(true)
    host.print(screen)
  }
  return (
    <Panel
      title={words.show(`done.${procedure}`)}
      actions={
        <>
          {place?.receipts && (
            <Button className="button" isDisabled={printing} onPress={print}>
              {words.show(printing ? 'receipt.printing' : 'receipt.print')}
            </Button>
          )}
          <Button className="button primary" onPress={() => host.answer<'done'>(screen, { seen: true })}>
            {words.show('close')}
          </Button>
        </>
      }
    >
      <Sign icon="good" />
      <p className="lead">{words.show(`done.${procedure}.note`)}</p>
      {date && <p className="lead">{words.show('done.until', { date })}</p>}
      <Receipt procedure={procedure} reference={reference} place={place} />
    </Panel>
  )
}

/** Nothing went wrong: the person stopped, or left. */
const WANTED = new Set(['cancelled', 'idle'])

/** In this order: what happened, is my card safe, what do I do now, whom to call; the code small at the bottom. */
export function Failed({ view: { failure }, screen, host }: ScreenProps<'failed'>) {
  const words = useWords()
  const { happened, cardIsSafe, toDo, call } = sayFailure(usePreferences().preferences.language, failure)
  const wanted = WANTED.has(failure)
  return (
    <Panel
      alert={!wanted}
      title={<RubyText>{happened}</RubyText>}
      actions={
        <Button className="button primary" onPress={() => host.answer<'failed'>(screen, { seen: true })}>
          {words.show('close')}
        </Button>
      }
    >
      <dl className="facts failure">
        <Fact icon="text" name={words.show('failed.card')} text={cardIsSafe} />
        <Fact icon="todo" name={words.show('failed.toDo')} text={toDo} />
        {call !== '' && <Fact icon="help" name={words.show('failed.call')} text={call} />}
      </dl>
      {!wanted && (
        <p className="code">
          {words.show('failed.code')} {failure}
        </p>
      )}
    </Panel>
  )
}

function Fact({ icon, name, text }: { readonly icon: IconName; readonly name: ReactNode; readonly text: string }) {
  return (
    <div className="fact">
      <dt>
        <Icon name={icon} />
        {name}
      </dt>
      <dd>
        <RubyText>{text}</RubyText>
      </dd>
    </div>
  )
}
