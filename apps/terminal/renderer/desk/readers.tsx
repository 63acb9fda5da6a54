/** The readers: what lies on each, and what may happen to it. */
import { useContext, useState } from 'react'
import { Button, ToggleButton } from 'react-aria-components'
import { cardName, type DeskState } from '../../../browser-host/desk/desk-api.ts'
import { CARD_TYPE, CardFace, type CardOfDesk } from './cards.tsx'
import type { DeskLink } from './desk-link.ts'
import { DeskLanguageContext, useDeskWords } from './words.ts'

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
  const there = state.cards.find(({ card }) => card === reader.card)
  const drop = (event: React.DragEvent) => {
    event.preventDefault()
    setOver(false)
    const card = cardName.safeParse(event.dataTransfer.getData(CARD_TYPE))
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
        {there === undefined ? (
          <p className="empty">{words(reader.plugged ? 'empty' : 'unplugged')}</p>
        ) : (
          <CardFace card={there} />
        )}
      </div>
      <Deeds reader={reader} there={there} call={call} />
      <LayHere reader={reader} cards={state.cards} call={call} />
    </article>
  )
}

interface LayHereProps {
  readonly reader: ReaderProps['reader']
  readonly cards: readonly CardOfDesk[]
  readonly call: DeskLink['call']
}

/** For whoever does not drag. */
function LayHere({ reader: { name, plugged }, cards, call }: LayHereProps) {
  const words = useDeskWords()
  const language = useContext(DeskLanguageContext)
  const [chosen, choose] = useState(cards[0]?.card ?? '')
  return (
    <form
      className="lay"
      onSubmit={(event) => {
        event.preventDefault()
        call('lay', { card: chosen, reader: name })
      }}
    >
      <select aria-label={words('chooseCard', name)} value={chosen} onChange={({ target }) => choose(target.value)}>
        {cards.map((card) => (
          <option key={card.card} value={card.card}>
            {card.words[language].join(' – ')}
          </option>
        ))}
      </select>
      <Button className="button" type="submit" isDisabled={!plugged}>
        {words('layHere')}
      </Button>
    </form>
  )
}

interface DeedsProps {
  readonly reader: ReaderProps['reader']
  readonly there: CardOfDesk | undefined
  readonly call: DeskLink['call']
}

function Deeds({ reader: { name, plugged, slow, willBePulled }, there, call }: DeedsProps) {
  const words = useDeskWords()
  const language = useContext(DeskLanguageContext)
  const at = { reader: name }
  const isDisabled = there === undefined
  return (
    <div className="deeds">
      <Button
        className="button"
        isDisabled={isDisabled}
        aria-label={isDisabled ? words('take') : `${words('take')}: ${there.words[language][0]}`}
        onPress={() => call('take', at)}
      >
        {words('take')}
      </Button>
      <ToggleButton className="button" isSelected={slow} onChange={(on) => call('slow', { ...at, on })}>
        {words('slow')}
      </ToggleButton>
      <ToggleButton
        className="button trouble"
        isDisabled={isDisabled}
        isSelected={willBePulled}
        onChange={(on) => call('pull', { ...at, on })}
      >
        {words('pull')}
      </ToggleButton>
      <ToggleButton
        className="button trouble"
        isDisabled={isDisabled}
        isSelected={there?.powerWillFail === true}
        onChange={(on) => call('cutPower', { ...at, on })}
      >
        {words('cutPower')}
      </ToggleButton>
      <Button className="button" isDisabled={isDisabled} onPress={() => call('remember', at)}>
        {words('remember')}
      </Button>
      <Button className="button" isDisabled={there?.remembered !== true} onPress={() => call('goBack', at)}>
        {words('goBack')}
      </Button>
      <ToggleButton
        className="button trouble"
        isSelected={!plugged}
        onChange={(off) => call('plug', { ...at, on: !off })}
      >
        {words('unplug')}
      </ToggleButton>
    </div>
  )
}
