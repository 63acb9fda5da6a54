/** The readers: what lies on each, and what may happen to it. */
import { useContext, useState } from 'react'
import { Button, ToggleButton } from 'react-aria-components'
import { type DeskState, specimen } from '../../../browser-host/desk/desk-api.ts'
import { CARD_TYPE, CardFace } from './cards.tsx'
import type { DeskLink } from './desk-link.ts'
import { DeskLanguageContext, SPECIMEN_WORDS, useDeskWords } from './words.ts'

interface ReadersProps {
  readonly state: DeskState
  readonly call: DeskLink['call']
}

export function Readers({ state, call }: ReadersProps) {
  const words = useDeskWords()
  return (
    <section className="readers" aria-labelledby="readers">
      <h2 id="readers">{words('readers')}</h2>
      <div className="places">
        {state.readers.map((reader) => (
          <Reader key={reader.name} reader={reader} state={state} call={call} />
        ))}
      </div>
    </section>
  )
}

type ReaderProps = ReadersProps & { readonly reader: DeskState['readers'][number] }

function Reader({ reader, state, call }: ReaderProps) {
  const words = useDeskWords()
  const [over, setOver] = useState(false)
  const drop = (event: React.DragEvent) => {
    event.preventDefault()
    setOver(false)
    const card = specimen.safeParse(event.dataTransfer.getData(CARD_TYPE))
    if (card.success) call('lay', { card: card.data, reader: reader.name })
  }
  const hover = (event: React.DragEvent) => {
    if (!event.dataTransfer.types.includes(CARD_TYPE)) return
    event.preventDefault()
    setOver(true)
  }
  return (
    <article className="reader" aria-label={reader.name}>
      <h3>{reader.name}</h3>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: whoever does not drag has the buttons of each card */}
      <div className="slot" data-over={over} onDragOver={hover} onDragLeave={() => setOver(false)} onDrop={drop}>
        {reader.card === undefined ? <p className="empty">{words('empty')}</p> : <CardFace card={reader.card} />}
      </div>
      <Deeds reader={reader} state={state} call={call} />
    </article>
  )
}

function Deeds({ reader: { name, card, slow, willBePulled }, state, call }: ReaderProps) {
  const words = useDeskWords()
  const names = SPECIMEN_WORDS[useContext(DeskLanguageContext)]
  const known = state.cards.find((one) => one.card === card)
  const at = { reader: name }
  const isDisabled = known === undefined
  return (
    <div className="deeds">
      <Button
        className="button"
        isDisabled={isDisabled}
        aria-label={card === undefined ? words('take') : `${words('take')}: ${names[card][0]}`}
        onPress={() => call('take', at)}
      >
        {words('take')}
      </Button>
      <ToggleButton className="button" isSelected={slow} onChange={(on) => call('slow', { ...at, on })}>
        {words(slow ? 'slowNow' : 'slow')}
      </ToggleButton>
      <Button className="button trouble" isDisabled={isDisabled || willBePulled} onPress={() => call('pull', at)}>
        {words(willBePulled ? 'willBePulled' : 'pull')}
      </Button>
      <Button
        className="button trouble"
        isDisabled={isDisabled || known.powerWillFail}
        onPress={() => call('cutPower', at)}
      >
        {words(known?.powerWillFail === true ? 'powerWillFail' : 'cutPower')}
      </Button>
      <Button className="button" isDisabled={isDisabled} onPress={() => call('remember', at)}>
        {words('remember')}
      </Button>
      <Button className="button" isDisabled={known?.remembered !== true} onPress={() => call('goBack', at)}>
        {words('goBack')}
      </Button>
    </div>
  )
}
