/** A text with its furigana on the screen: one element, whatever it stands in. */
import { pieces } from './furigana.ts'

export function RubyText({ children }: { readonly children: string }) {
  return (
    <span>
      {pieces(children).map((piece, i) =>
        piece.reading === undefined ? (
          piece.text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text never move
          <ruby key={i}>
            {piece.text}
            <rp>（</rp>
            <rt>{piece.reading}</rt>
            <rp>）</rp>
          </ruby>
        ),
      )}
    </span>
  )
}
