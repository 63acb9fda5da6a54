/** The kiosk: one view at a time, one announcement for it, and every preference back to default when the turn is over. */
import { useEffect, useMemo, useState } from 'react'
import type { Place } from '../../../../src/wire/host-api.ts'
import type { Screen, View } from '../../../../src/wire/view.ts'
import { announcementOf, type ReaderAt } from '../shared/announce.ts'
import { Countdown, TimeLeft } from '../shared/countdown.tsx'
import { openHostLink } from '../shared/host-link.ts'
import { Lost } from '../shared/lost.tsx'
import { Mark } from '../shared/mark.tsx'
import { usePreferences, useWords } from '../shared/preferences.tsx'
import { useScanning } from '../shared/scanning.ts'
import { screenOf } from '../shared/screens/screens.ts'
import { SettingsDialog } from '../shared/settings-dialog.tsx'
import { hush, speak } from '../shared/voice.ts'

/** Where somebody types, the time left is told from the beginning. */
const WITH_KEYS: ReadonlySet<View['kind']> = new Set(['enterPin', 'enterCardFace'])

interface KioskProps {
  /** Of the hall that this screen belongs to. */
  readonly channel: string
  readonly at: ReaderAt
}

export function Kiosk({ channel, at }: KioskProps) {
  const [screen, setScreen] = useState<Screen>()
  const [place, setPlace] = useState<Place>()
  const [lost, setLost] = useState(false)
  const host = useMemo(
    () => openHostLink(channel, { onScreen: setScreen, onPlace: setPlace, onLost: () => setLost(true) }),
    [channel],
  )
  const words = useWords()
  const { preferences, change, reset } = usePreferences()
  const { language, speech, scanning } = preferences

  const kind = screen?.view.kind
  const announcement = useMemo(
    () => (screen === undefined ? [] : announcementOf(screen.view, language, at)),
    [screen, language, at],
  )
  // Whoever forgot the card is called by its own screen, whatever they had chosen.
  const calling = screen?.view.kind === 'takeCard' && screen.view.forgotten
  useEffect(() => {
    if (announcement.length === 0 || !speech || calling) return
    speak(announcement, language)
    return hush
  }, [announcement, language, speech, calling])

  useScanning(scanning && screen !== undefined ? `${screen.view.kind} ${screen.prompt}` : undefined)
  // Whoever has nothing but one button cannot go to the settings: on the first screen the button itself asks for scanning.
  useEffect(() => {
    if (kind !== 'idle' || scanning) return
    const onKey = (event: KeyboardEvent) => {
      const elsewhere = event.target instanceof HTMLElement && event.target.closest('button, [role=dialog]') !== null
      if ((event.key === ' ' || event.key === 'Enter') && !elsewhere) change({ scanning: true })
    }
    document.addEventListener('keyup', onKey)
    return () => document.removeEventListener('keyup', onKey)
  }, [kind, scanning, change])

  // The turn is over when a card has been taken or a menu was left: the next person begins as everybody does.
  const [before, setBefore] = useState(kind)
  useEffect(() => {
    if (kind === 'idle' && before !== undefined && before !== 'idle') reset()
    setBefore(kind)
  }, [kind, before, reset])

  if (lost || screen === undefined) return lost ? <Lost /> : null
  const Time = WITH_KEYS.has(screen.view.kind) ? TimeLeft : Countdown
  const Shown = screenOf(screen.view)
  return (
    <div className="kiosk" data-prompt={screen.prompt}>
      <header>
        <p className="simulated">{words.show('simulated')}</p>
        <div className="top">
          <p className="brand">
            <Mark />
            {words.show('brand')}
          </p>
          {screen.secondsLeft !== undefined && <Time key={screen.prompt} seconds={screen.secondsLeft} />}
          <SettingsDialog />
        </div>
      </header>
      <p className="visually-hidden" role="status" aria-live="assertive">
        {announcement.map(({ text }) => text).join(' ')}
      </p>
      <Shown key={screen.prompt} view={screen.view} screen={screen} host={host} place={place} at={at} />
    </div>
  )
}
