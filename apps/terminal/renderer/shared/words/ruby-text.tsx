/** A text on the screen: one element, whatever it stands in, with its furigana, and broken between phrases only. */
import type { ReactNode } from 'react'
import { pieces } from './furigana.ts'

/** What the browser takes for two phrases, and no reader does. */
const ONE_PHRASE = /(もう一度|もう一つ)/
/** Easy Japanese has a reading over each kanji and spaces between its phrases; commas and full stops end one too. */
const IS_PHRASED = /《|^[^\p{Script=Han}]*[\p{Script=Hiragana}\p{Script=Katakana}][^\p{Script=Han}]*$/u
const PHRASE = /[^ 、。]+[、。）」]*|[ 、。]/g

export function RubyText({ children }: { readonly children: string }) {
  if (!IS_PHRASED.test(children)) return <span>{unbroken(children)}</span>
  const phrases = children.match(PHRASE) ?? []
  return (
    <span>
      {phrases.map((phrase, i) =>
        phrase === ' ' ? (
          phrase
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the phrases of one text never move
          <span key={i} className="phrase">
            {withFurigana(phrase)}
          </span>
        ),
      )}
    </span>
  )
}

const unbroken = (text: string): ReactNode =>
  text.split(ONE_PHRASE).map((part, i) =>
    i % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
      <span key={i} className="phrase">
        {part}
      </span>
    ),
  )

const withFurigana = (phrase: string): ReactNode =>
  pieces(phrase).map((piece, i) =>
    piece.reading === undefined ? (
      piece.text
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one phrase never move
      <ruby key={i}>
        {piece.text}
        <rp>（</rp>
        <rt>{piece.reading}</rt>
        <rp>）</rp>
      </ruby>
    ),
  )
