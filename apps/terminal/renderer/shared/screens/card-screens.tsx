/** The card: put it down, leave it there, take it. */
import { usePreferences, useWords } from '../preferences.tsx'
import { RubyText } from '../words/ruby-text.tsx'
import { sayFailure } from '../words/words.ts'
import { Panel, type ScreenProps } from './frame.tsx'

export function InsertCard({ view: { problem }, host }: ScreenProps<'insertCard'>) {
  const words = useWords()
  const { language } = usePreferences().preferences
  return (
    <Panel title={words.show('insertCard.title')} onCancel={host.cancel}>
      {problem && (
        <p className="problem" role="alert">
          <RubyText>{sayFailure(language, problem).happened}</RubyText>
        </p>
      )}
      <p className="lead">{words.show('insertCard.how')}</p>
      <CardPicture motion="down" />
    </Panel>
  )
}

export function KeepCard({ view: { step, steps } }: ScreenProps<'keepCard'>) {
  const words = useWords()
  return (
    <Panel title={words.show('keepCard.title')}>
      <p className="lead">{words.show('keepCard.text')}</p>
      <progress value={step} max={steps + 1} aria-label={words.speak('keepCard.text')} />
      <CardPicture motion="none" />
    </Panel>
  )
}

export function TakeCard({ view: { forgotten } }: ScreenProps<'takeCard'>) {
  const words = useWords()
  return (
    <Panel title={words.show(forgotten ? 'takeCard.forgotten' : 'takeCard.title')}>
      <CardPicture motion="up" />
    </Panel>
  )
}

function CardPicture({ motion }: { readonly motion: 'down' | 'up' | 'none' }) {
  return (
    <svg className="card-picture" data-motion={motion} viewBox="0 0 240 150" aria-hidden="true">
      <rect className="reader" x="10" y="100" width="220" height="42" rx="8" />
      <g className="card">
        <rect x="60" y="30" width="120" height="76" rx="7" />
        <rect className="chip" x="74" y="56" width="22" height="18" rx="3" />
        <circle className="face" cx="154" cy="58" r="12" />
      </g>
    </svg>
  )
}
