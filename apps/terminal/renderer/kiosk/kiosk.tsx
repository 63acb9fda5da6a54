/** The kiosk: one view at a time, one announcement for it, and every preference back to default when the turn is over. */
import { useEffect, useMemo, useState } from 'react'
import type { Screen } from '../../../../src/wire/view.ts'
import { announcementOf } from '../shared/announce.ts'
import { Countdown } from '../shared/countdown.tsx'
import { openHostLink } from '../shared/host-link.ts'
import { Lost } from '../shared/lost.tsx'
import { Mark } from '../shared/mark.tsx'
import { usePreferences, useWords } from '../shared/preferences.tsx'
import { screenOf } from '../shared/screens/screens.ts'
import { SettingsDialog } from '../shared/settings-dialog.tsx'
import { hush, speakNow } from '../shared/speech.ts'
import { LANGUAGES } from '../shared/words/words.ts'

const CALL_AGAIN_MS = 8000

/** `channel`: of the hall that this screen belongs to. */
export function Kiosk({ channel }: { readonly channel: string }) {
  const [screen, setScreen] = useState<Screen>()
  const [lost, setLost] = useState(false)
  const host = useMemo(() => openHostLink(channel, { onScreen: setScreen, onLost: () => setLost(true) }), [channel])
  const words = useWords()
  const { preferences, reset } = usePreferences()
  const { language, speech } = preferences

  // Whoever forgot the card has turned away: they are called, whatever they had chosen.
  const calling = screen?.view.kind === 'takeCard' && screen.view.forgotten
  const announcement = screen === undefined ? '' : announcementOf(screen.view, words, language)
  useEffect(() => {
    if (announcement === '' || !(speech || calling)) return
    const say = () => speakNow(announcement, LANGUAGES[language].tag)
    say()
    const again = calling ? setInterval(say, CALL_AGAIN_MS) : undefined
    return () => {
      clearInterval(again)
      hush()
    }
  }, [announcement, language, speech, calling])

  // The turn is over when a card has been taken or a menu was left: the next person begins as everybody does.
  const kind = screen?.view.kind
  const [before, setBefore] = useState(kind)
  useEffect(() => {
    if (kind === 'idle' && before !== undefined && before !== 'idle') reset()
    setBefore(kind)
  }, [kind, before, reset])

  if (lost || screen === undefined) return lost ? <Lost /> : null
  const View = screenOf(screen.view)
  return (
    <div className="kiosk" data-prompt={screen.prompt}>
      <header>
        <p className="simulated">{words.show('simulated')}</p>
        <div className="top">
          <p className="brand">
            <Mark />
            {words.show('brand')}
          </p>
          <SettingsDialog />
        </div>
        {screen.secondsLeft !== undefined && <Countdown key={screen.prompt} seconds={screen.secondsLeft} />}
      </header>
      <p className="visually-hidden" role="status" aria-live="assertive">
        {announcement}
      </p>
      <View key={screen.prompt} view={screen.view} screen={screen} host={host} />
    </div>
  )
}
