/** The page a resident stands before: at a kiosk, and at a counter on a second window. */
import '../shared/no-eval.ts'
import '@fontsource/biz-udpgothic/400.css'
import '@fontsource/biz-udpgothic/700.css'
import '../shared/colours.css'
import '../shared/kiosk.css'
import '../shared/pin-pad.css'
import '../shared/settings.css'
import { createRoot } from 'react-dom/client'
import type { ReaderAt } from '../shared/announce.ts'
import { PreferencesProvider } from '../shared/preferences.tsx'
import { Kiosk } from './kiosk.tsx'

/** `channel`: of the hall behind this screen; `at`: whose reader is before it. */
export function openResidentPage(channel: string, at: ReaderAt): void {
  // How large a millimetre is: a panel profile (10, 15 or 21 inches) from the address, else what the browser thinks.
  const panel = new URLSearchParams(location.search).get('panel')
  if (panel !== null && /^(10|15|21)$/.test(panel)) document.documentElement.dataset['panel'] = panel

  const root = document.getElementById('root')
  if (root === null) throw new Error('the page has no #root')
  createRoot(root).render(
    <PreferencesProvider>
      <Kiosk channel={channel} at={at} />
    </PreferencesProvider>,
  )
}
