/** The cards that are not on a reader, and where the others are. By drag, or by the buttons under each. */
import { useContext } from 'react'
import { Button } from 'react-aria-components'
import type { DeskState, Specimen } from '../../../browser-host/desk/desk-api.ts'
import type { DeskLink } from './desk-link.ts'
import { DeskLanguageContext, SPECIMEN_WORDS, useDeskWords } from './words.ts'

/** What a dragged card is called in the drag. */
export const CARD_TYPE = 'application/x-madoguchi-card'

interface PartProps {
  readonly state: DeskState
  readonly call: DeskLink['call']
}

export function Cards({ state, call }: PartProps) {
  const words = useDeskWords()
  const names = SPECIMEN_WORDS[useContext(DeskLanguageContext)]
  return (
    <section className="cards" aria-labelledby="cards">
      <h2 id="cards">{words('cards')}</h2>
      <p className="how">{words('cardsHow')}</p>
      <ul>
        {state.cards.map(({ card, reader }) => (
          <li key={card} className="specimen">
            {reader === undefined ? <CardFace card={card} /> : <div className="card-gone" />}
            <div className="specimen-words">
              <p className="name">{names[card][0]}</p>
              <p className="note">{names[card][1]}</p>
              {state.readers.map(({ name }) =>
                name === reader ? (
                  <p key={name} className="lies">
                    {words('lies', name)}
                  </p>
                ) : (
                  <Button
                    key={name}
                    className="button"
                    aria-label={`${words('layOn', name)}: ${names[card][0]}`}
                    onPress={() => call('lay', { card, reader: name })}
                  >
                    {words('layOn', name)}
                  </Button>
                ),
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

export function CardFace({ card }: { readonly card: Specimen }) {
  const [name] = SPECIMEN_WORDS[useContext(DeskLanguageContext)][card]
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: whoever does not drag has the buttons beside it
    <div
      className="card-face"
      draggable="true"
      data-card={card}
      onDragStart={(event) => event.dataTransfer.setData(CARD_TYPE, card)}
    >
      <span className="card-band" />
      <span className="card-chip" />
      <span className="card-name">{name}</span>
    </div>
  )
}
