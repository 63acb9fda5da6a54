/** The visual check: a sign-in as at a counter; then one pair of pictures after the other. */
import { type ComponentType, useEffect, useMemo, useRef, useState } from 'react'
import type { StaffScreen, StaffView } from '../../../../src/wire/staff-view.ts'
import type { Decision, FacesScreen } from '../../../faces/faces-api.ts'
import { staffAnnouncementOf } from '../counter/announce.ts'
import { Act, Work } from '../counter/screens/frame.tsx'
import { SignIn, type SignInProps, StaffLastTry, StaffPinScreen } from '../counter/screens/sign-in-screens.tsx'
import { useStaffWords } from '../counter/words/staff-words.ts'
import { chime } from '../shared/chime.ts'
import { Countdown } from '../shared/countdown.tsx'
import { Icon } from '../shared/icons.tsx'
import { Lost } from '../shared/lost.tsx'
import { Mark } from '../shared/mark.tsx'
import { usePreferences } from '../shared/preferences.tsx'
import { SettingsDialog } from '../shared/settings-dialog.tsx'
import { openFacesLink } from './faces-link.ts'
import { LookScreen } from './look-screen.tsx'
import { type FacesTeller, useFacesWords } from './words/faces-words.ts'

export function Faces() {
  const [screen, setScreen] = useState<FacesScreen>()
  const [lost, setLost] = useState(false)
  const host = useMemo(() => openFacesLink({ onScreen: setScreen, onLost: () => setLost(true) }), [])
  const words = useFacesWords()
  const said = useAnnouncement(screen)
  const ended = useEnded(screen)
  const { reset } = usePreferences()

  // Whoever signs in next begins as everybody does.
  const signedOut = screen?.at === 'signIn' && screen.screen.view.kind === 'signIn'
  useEffect(() => {
    if (signedOut) reset()
  }, [signedOut, reset])

  // Whoever waits for work does something else meanwhile.
  const request = screen?.at === 'desk' ? screen.look?.request : undefined
  useEffect(() => {
    if (request !== undefined) void chime()
  }, [request])

  if (lost || screen === undefined) return lost ? <Lost /> : null
  const asked = screen.at === 'signIn' ? screen.screen : undefined
  return (
    <div className="counter" data-at={screen.at}>
      <header>
        <p className="brand">
          <Mark />
          {words.show('faces.brand')}
        </p>
        <p className="simulated">{words.show('simulated')}</p>
        {asked?.secondsLeft !== undefined && <Countdown key={asked.prompt} seconds={asked.secondsLeft} />}
        {screen.at === 'desk' && (
          <p className="operator">
            {words.show('staff.operator')} <b>{screen.operator}</b>
          </p>
        )}
        {screen.at === 'desk' && (
          <Act shortcut="F10" onPress={host.signOut}>
            {words.show('staff.home.signOut')}
          </Act>
        )}
        <SettingsDialog aids={false} />
      </header>
      <p className="visually-hidden" role="status" aria-live="assertive">
        {said}
      </p>
      {screen.at === 'signIn' && <SigningIn screen={screen.screen} host={host} />}
      {screen.at === 'desk' && screen.look === undefined && <Waiting ended={ended.last} />}
      {screen.at === 'desk' && screen.look !== undefined && (
        <LookScreen
          key={screen.look.request}
          look={screen.look}
          others={screen.waiting - 1}
          host={host}
          onDecided={ended.decided}
        />
      )}
    </div>
  )
}

const SIGN_IN: { readonly [K in StaffView['kind']]?: unknown } = {
  signIn: SignIn,
  staffPin: StaffPinScreen,
  confirmLastTry: StaffLastTry,
}

/** That view and screen belong together stands in the table above; a union cannot say it here. */
function SigningIn({ screen, host }: { readonly screen: StaffScreen; readonly host: SignInProps<'signIn'>['host'] }) {
  const View = SIGN_IN[screen.view.kind] as ComponentType<{ view: StaffView; screen: StaffScreen; host: typeof host }>
  return <View key={`${screen.view.kind} ${screen.prompt}`} view={screen.view} screen={screen} host={host} />
}

/** How the last one ended; `gone`: before anybody had decided. */
type Ended = Decision | 'gone' | undefined

function Waiting({ ended }: { readonly ended: Ended }) {
  const words = useFacesWords()
  return (
    <Work title={words.show('faces.wait.title')}>
      <div className="two-faces" aria-hidden="true">
        <Icon name="auth" />
        <Icon name="auth" />
      </div>
      <p className="lead">{words.show('faces.wait.how')}</p>
      {ended && <p className="ended">{words.show(`faces.ended.${ended}`)}</p>}
    </Work>
  )
}

function useEnded(screen: FacesScreen | undefined): {
  readonly last: Ended
  readonly decided: (decision: Decision) => void
} {
  const [last, setLast] = useState<Ended>()
  const decision = useRef<Decision>(undefined)
  const [request, signedIn] = screen?.at === 'desk' ? [screen.look?.request, true] : [undefined, false]
  useEffect(() => {
    if (!signedIn) setLast(undefined)
  }, [signedIn])
  useEffect(() => {
    if (request === undefined) return
    decision.current = undefined
    return () => setLast(decision.current ?? 'gone')
  }, [request])
  const decided = (now: Decision) => {
    decision.current = now
  }
  return { last, decided }
}

/** One announcement for each screen; the title of the page says it to who looks elsewhere. */
function useAnnouncement(screen: FacesScreen | undefined): string {
  const words = useFacesWords()
  const staffWords = useStaffWords()
  const { language } = usePreferences().preferences
  const waiting = screen?.at === 'desk' ? screen.waiting : 0
  useEffect(() => {
    document.title = `${waiting > 0 ? `(${waiting}) ` : ''}${words.speak('faces.brand')}`
  }, [waiting, words])
  if (screen === undefined) return ''
  if (screen.at === 'signIn') return staffAnnouncementOf(screen.screen.view, staffWords, language)
  return deskAnnouncement(screen, words)
}

const deskAnnouncement = ({ look }: { readonly look?: object | undefined }, { speak }: FacesTeller): string =>
  look === undefined ? speak('faces.wait.title') : `${speak('faces.look.title')} ${speak('faces.look.how')}`
