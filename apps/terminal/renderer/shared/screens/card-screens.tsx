/** The card: put it down, leave it there, take it. */
import { useEffect, useState } from 'react'
import { Button } from 'react-aria-components'
import { announcementOf } from '../announce.ts'
import { CardPicture } from '../card-picture.tsx'
import { Icon } from '../icons.tsx'
import { usePreferences, useWords } from '../preferences.tsx'
import { callOut, hush } from '../voice.ts'
import { RubyText } from '../words/ruby-text.tsx'
import { sayFailure } from '../words/words.ts'
import { Panel, type ScreenProps } from './frame.tsx'

export function InsertCard({ view: { problem }, host, at }: ScreenProps<'insertCard'>) {
  const words = useWords()
  const { language } = usePreferences().preferences
  return (
    <Panel title={words.show('insertCard.title')} onCancel={host.cancel}>
      {problem && (
        <p className="problem" role="alert">
          <Icon name="alert" />
          <RubyText>{sayFailure(language, problem).happened}</RubyText>
        </p>
      )}
      <CardPicture motion="down" />
      <ol className="numbered">
        <li>{words.show(`insertCard.lay.${at}`)}</li>
        <li>{words.show('insertCard.turn')}</li>
      </ol>
    </Panel>
  )
}

export function KeepCard({ view: { step, steps } }: ScreenProps<'keepCard'>) {
  const words = useWords()
  return (
    <Panel title={words.show('keepCard.title')}>
      <CardPicture motion="none" />
      <progress value={step} max={steps + 1} aria-label={words.speak('keepCard.text')} />
      <p className="lead">{words.show('keepCard.text')}</p>
    </Panel>
  )
}

const CALL_AGAIN_MS = 8000

/** A card left behind calls for its owner, by sound and by voice, until it is taken – or until somebody there says that they heard. */
export function TakeCard({ view: { forgotten } }: ScreenProps<'takeCard'>) {
  const words = useWords()
  const { language } = usePreferences().preferences
  const [quiet, setQuiet] = useState(false)
  const calling = forgotten && !quiet
  useEffect(() => {
    if (!calling) return
    const call = () => callOut(announcementOf({ kind: 'takeCard', forgotten: true }, language), language)
    call()
    const again = setInterval(call, CALL_AGAIN_MS)
    return () => {
      clearInterval(again)
      hush()
    }
  }, [calling, language])
  return (
    <Panel
      title={words.show(forgotten ? 'takeCard.forgotten' : 'takeCard.title')}
      actions={
        calling && (
          <Button className="button" onPress={() => setQuiet(true)}>
            {words.show('takeCard.quiet')}
          </Button>
        )
      }
    >
      <CardPicture motion="up" />
    </Panel>
  )
}
