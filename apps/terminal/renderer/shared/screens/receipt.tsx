/** What a person may note down or photograph: when, where, what, and the reference. No name, no serial, nothing of a PIN. */
import { useMemo } from 'react'
import type { Place } from '../../../../../src/wire/host-api.ts'
import type { ViewOf } from '../../../../../src/wire/view.ts'
import { usePreferences, useWords } from '../preferences.tsx'
import { LANGUAGES } from '../words/words.ts'

/** In a narrow column day and time stand under each other, each whole. */
function Minute({ moment, tag }: { readonly moment: number; readonly tag: string }) {
  const part = (style: Intl.DateTimeFormatOptions) => (
    <span className="phrase">{new Intl.DateTimeFormat(tag, style).format(moment)}</span>
  )
  return (
    <>
      {part({ dateStyle: 'medium' })} {part({ timeStyle: 'short' })}
    </>
  )
}

interface ReceiptProps {
  readonly procedure: ViewOf<'done'>['procedure']
  readonly reference: string | undefined
  readonly place: Place | undefined
}

export function Receipt({ procedure, reference, place }: ReceiptProps) {
  const words = useWords()
  const { tag } = LANGUAGES[usePreferences().preferences.language]
  const at = useMemo(() => <Minute moment={Date.now()} tag={tag} />, [tag])
  const lines = [
    [words.show('receipt.date'), at],
    place && [
      words.show('receipt.terminal'),
      <>
        {place.place} <span className="phrase">{place.terminal}</span>
      </>,
    ],
    [words.show('receipt.procedure'), words.show(`procedure.${procedure}`)],
    [words.show('receipt.result'), words.show('receipt.result.done')],
    reference !== undefined && [words.show('done.reference'), reference],
  ] as const
  return (
    <dl className="receipt">
      {lines.map(
        (line, i) =>
          line && (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines never move
            <div key={i}>
              <dt>{line[0]}</dt>
              <dd>{line[1]}</dd>
            </div>
          ),
      )}
    </dl>
  )
}
