/** The buttons that let the host save a terminal's state, and where the file is then. */
import { useState } from 'react'
import { Button } from 'react-aria-components'
import { DIAGNOSTICS_FORMS, type DiagnosticsForm, type Saved } from '../../../../src/wire/diagnostics.ts'
import { useDiagnosticsWords } from './words/diagnostics-words.ts'

/** Rejects when the host is gone; the page that asks says so. */
export type SaveReport = (terminal: string, form: DiagnosticsForm) => Promise<Saved>

export function SaveButtons({ terminal, save }: { readonly terminal: string; readonly save: SaveReport }) {
  const words = useDiagnosticsWords()
  const [saved, setSaved] = useState<Saved>()
  return (
    <>
      <div className="save">
        {DIAGNOSTICS_FORMS.map((form) => (
          <Button key={form} className="button" onPress={() => void save(terminal, form).then(setSaved, () => {})}>
            {words.show(`diagnostics.save.${form}`)}
          </Button>
        ))}
      </div>
      <p className="saved" role="status">
        {saved?.kind === 'saved' && words.show('diagnostics.saved', { path: saved.path })}
        {saved?.kind === 'notSaved' && words.show(`diagnostics.notSaved.${saved.reason}`)}
      </p>
    </>
  )
}
