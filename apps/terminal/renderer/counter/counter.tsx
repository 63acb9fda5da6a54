/** The staff side of a counter: one view at a time, one announcement for it, the shortcuts on the buttons they stand for. */
import { useEffect, useMemo, useState } from 'react'
import type { StaffScreen } from '../../../../src/wire/staff-view.ts'
import { Countdown } from '../shared/countdown.tsx'
import { Lost } from '../shared/lost.tsx'
import { Mark } from '../shared/mark.tsx'
import { usePreferences } from '../shared/preferences.tsx'
import { SettingsDialog } from '../shared/settings-dialog.tsx'
import { staffAnnouncementOf } from './announce.ts'
import { staffScreenOf } from './screens/screens.ts'
import { openStaffLink } from './staff-link.ts'
import { useStaffWords } from './words/staff-words.ts'

export function Counter() {
  const [screen, setScreen] = useState<StaffScreen>()
  const [lost, setLost] = useState(false)
  const host = useMemo(() => openStaffLink({ onScreen: setScreen, onLost: () => setLost(true) }), [])
  const words = useStaffWords()
  const { preferences, reset } = usePreferences()

  // Whoever signs in next begins as everybody does.
  const signedOut = screen?.view.kind === 'signIn'
  useEffect(() => {
    if (signedOut) reset()
  }, [signedOut, reset])

  if (lost || screen === undefined) return lost ? <Lost /> : null
  const View = staffScreenOf(screen.view)
  return (
    <div className="counter" data-prompt={screen.prompt}>
      <header>
        <p className="brand">
          <Mark />
          {words.show('staff.brand')}
        </p>
        <p className="simulated">{words.show('simulated')}</p>
        {screen.secondsLeft !== undefined && <Countdown key={screen.prompt} seconds={screen.secondsLeft} />}
        <SettingsDialog aids={false} />
      </header>
      <p className="visually-hidden" role="status" aria-live="assertive">
        {staffAnnouncementOf(screen.view, words, preferences.language)}
      </p>
      <View key={`${screen.view.kind} ${screen.prompt}`} view={screen.view} screen={screen} host={host} />
    </div>
  )
}
