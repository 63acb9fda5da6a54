/** The cards that are not on a reader, and where the others are. By drag, or by the buttons under each. */
import { useContext } from 'react'
import type { DeskState } from '../../../browser-host/desk/desk-api.ts'
import { DeskLanguageContext, useDeskWords } from './words.ts'

/** What a dragged card is called in the drag. */
export const CARD_TYPE = 'application/x-madoguchi-card'

export type CardOfDesk = DeskState['cards'][number]

export function Cards({ state }: { readonly state: DeskState }) {
  const words = useDeskWords()
  const language = useContext(DeskLanguageContext)
  return (
    <section className="cards" aria-labelledby="cards">
      <h2 id="cards">{words('cards')}</h2>
      <p className="how">{words('cardsHow')}</p>
      <ul>
        {state.cards.map((card) => (
          <li key={card.card} className="specimen">
            {card.reader === undefined ? <CardFace card={card} /> : <div className="card-gone" />}
            <div className="specimen-words">
              <p className="name">{card.words[language][0]}</p>
              <p className="note">{card.words[language][1]}</p>
              {card.reader !== undefined && <p className="lies">{words('lies', card.reader)}</p>}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

export function CardFace({ card: { card, words } }: { readonly card: CardOfDesk }) {
  const [name] = words[useContext(DeskLanguageContext)]
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: whoever does not drag has the list at each reader
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
