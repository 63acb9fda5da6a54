/** Where a page may go: to pages of the program, in its own window (checklist row 9). Nothing is ever handed to another program. */
import type { WebContents } from 'electron'
import { isOwnUrl } from './origin.ts'

const DENIED = { action: 'deny' } as const

export function keepInside(page: Pick<WebContents, 'on' | 'setWindowOpenHandler'>): void {
  page.on('will-navigate', (event) => isOwnUrl(event.url) || event.preventDefault())
  page.on('will-frame-navigate', (event) => (event.isMainFrame && isOwnUrl(event.url)) || event.preventDefault())
  page.on('will-redirect', (event) => event.preventDefault())
  page.on('will-attach-webview', (event) => event.preventDefault())
  page.setWindowOpenHandler(() => DENIED)
}
