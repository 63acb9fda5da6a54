/** How a window is made (checklist rows 3, 4, 18): nothing of Node, a sandbox, no tools of developers once packaged. */
import type { BrowserWindowConstructorOptions, Session } from 'electron'
import type { Face } from './faces.ts'

export interface WindowFacts {
  readonly face: Face
  readonly packaged: boolean
  /** Path of the one preload. */
  readonly preload: string
  readonly session: Session
}

export const windowOptions = ({ face, packaged, preload, session }: WindowFacts): BrowserWindowConstructorOptions => ({
  show: false,
  kiosk: face.kiosk && packaged,
  fullscreen: face.kiosk && packaged,
  frame: !face.kiosk || !packaged,
  autoHideMenuBar: true,
  backgroundColor: '#ffffff',
  webPreferences: {
    session,
    preload,
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    navigateOnDragDrop: false,
    safeDialogs: true,
    spellcheck: false,
    devTools: !packaged,
    // A kiosk's clock of idle people runs also behind another window.
    backgroundThrottling: false,
  },
})

/** In memory (no `persist:`), without a cache: nothing of a person is left on a disk (row 20). */
export const SESSION = { partition: 'terminal', options: { cache: false } } as const
