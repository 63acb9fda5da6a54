/** The keeper's page: how each terminal behind this door is, in plain words, and a file of it to give away. */
import { useCallback, useEffect, useState } from 'react'
import { Button } from 'react-aria-components'
import { type Diagnostics, diagnosticsListSchema, savedSchema } from '../../../../src/wire/diagnostics.ts'
import { type Channel, openChannel } from '../shared/channel.ts'
import { Lost } from '../shared/lost.tsx'
import { Mark } from '../shared/mark.tsx'
import { ScrollArea } from '../shared/scroll-area.tsx'
import { SettingsDialog } from '../shared/settings-dialog.tsx'
import { Report } from './report.tsx'
import type { SaveReport } from './save.tsx'
import { useDiagnosticsWords } from './words/diagnostics-words.ts'

/** In a window of the program, which may have no frame to close it by. */
const IN_PROGRAM = location.protocol === 'app:'

export function DiagnosticsPage() {
  const words = useDiagnosticsWords()
  const [channel, setChannel] = useState<Channel>()
  const [terminals, setTerminals] = useState<readonly Diagnostics[]>()
  const [lost, setLost] = useState(false)
  useEffect(() => setChannel(openChannel('/diagnostics', () => setLost(true))), [])
  const look = useCallback(async () => {
    if (channel === undefined) return
    try {
      setTerminals(diagnosticsListSchema.parse(await channel.call('diagnostics', {})))
    } catch {
      setLost(true)
    }
  }, [channel])
  useEffect(() => void look(), [look])
  const save: SaveReport = async (terminal, form) => savedSchema.parse(await channel?.call('save', { terminal, form }))

  if (lost || terminals === undefined) return lost ? <Lost /> : null
  return (
    <div className="counter">
      <header>
        <p className="brand">
          <Mark />
          {words.show('diagnostics.brand')}
        </p>
        <p className="simulated">{words.show('simulated')}</p>
        <SettingsDialog aids={false} />
      </header>
      <main className="work">
        <ScrollArea className="scroll" labelledBy="diagnostics">
          <div className="sheet full diagnostics">
            <h1 id="diagnostics">{words.show('diagnostics.title')}</h1>
            <p className="lead">{words.show('diagnostics.lead')}</p>
            {terminals.map((one) => (
              <Report key={one.terminal} told={one} save={save} />
            ))}
          </div>
        </ScrollArea>
        <div className="bar">
          <div className="actions">
            <Button className="button primary" onPress={() => void look()}>
              {words.show('diagnostics.again')}
            </Button>
            {IN_PROGRAM && (
              <Button className="button" onPress={() => window.close()}>
                {words.show('close')}
              </Button>
            )}
          </div>
        </div>
      </main>
    </div>
  )
}
