/** The keeper's page for staff who are signed in: over their own, asked for when it is opened. */
import { useEffect, useState } from 'react'
import { Button, Dialog, DialogTrigger, Heading, Modal } from 'react-aria-components'
import type { Diagnostics } from '../../../../src/wire/diagnostics.ts'
import { Report } from './report.tsx'
import { useDiagnosticsWords } from './words/diagnostics-words.ts'

interface Asking {
  readonly ask: () => Promise<Diagnostics>
}

export function DiagnosticsDialog({ ask }: Asking) {
  const words = useDiagnosticsWords()
  return (
    <DialogTrigger>
      <Button className="button">{words.show('diagnostics.title')}</Button>
      <Modal className="modal">
        <Dialog className="dialog diagnostics">
          {({ close }) => (
            <>
              <Heading slot="title">{words.show('diagnostics.title')}</Heading>
              <Told ask={ask} />
              <Button className="button primary close" onPress={close}>
                {words.show('close')}
              </Button>
            </>
          )}
        </Dialog>
      </Modal>
    </DialogTrigger>
  )
}

function Told({ ask }: Asking) {
  const [told, setTold] = useState<Diagnostics>()
  useEffect(() => {
    // Nobody signed in any more: the screen behind this is gone too.
    ask().then(setTold, () => {})
  }, [ask])
  return told && <Report told={told} />
}
