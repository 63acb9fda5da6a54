/**
 * The keeper's window: over the first of the program's own – the staff's at a counter, never the resident's side –, only while nobody is
 * served and no card lies on a reader, and not for long (decision 0222).
 */
import type { BrowserWindow, Session, WebContents } from 'electron'
import type { State } from './crash-policy.ts'
import { KEEPER } from './faces.ts'
import type { Electron } from './given.ts'
import { type KeeperAnswer, type KeeperPace, keeperAnswer } from './keeper-wish.ts'
import { pageUrl } from './origin.ts'
import { windowOptions } from './window-options.ts'

export interface KeeperParts {
  readonly packaged: boolean
  readonly session: Session
  readonly preload: string
  readonly over: BrowserWindow
  state(): State
  /** Undefined when the host process does not say. */
  isQuiet(): Promise<boolean | undefined>
  readonly pace: KeeperPace
}

export class KeeperWindow {
  readonly #given: Pick<Electron, 'BrowserWindow'>
  readonly #parts: KeeperParts
  #window: BrowserWindow | undefined

  constructor(given: Pick<Electron, 'BrowserWindow'>, parts: KeeperParts) {
    this.#given = given
    this.#parts = parts
  }

  /** Asked again while it is open, it comes forward. */
  async open(): Promise<KeeperAnswer> {
    const serves = this.#parts.state().kind === 'serving'
    const quiet = serves ? await this.#parts.isQuiet() : undefined
    const answer = keeperAnswer(this.#parts.state(), quiet)
    if (answer !== 'opened') this.close()
    else if (this.#window === undefined) this.#show()
    else this.#window.focus()
    return answer
  }

  close(): void {
    this.#window?.destroy()
  }

  /** Is this the page that asks? */
  shows(contents: WebContents): boolean {
    return this.#window !== undefined && this.#window.webContents === contents
  }

  #show(): void {
    const { BrowserWindow } = this.#given
    const { packaged, preload, session, over, pace } = this.#parts
    const options = windowOptions({ face: KEEPER, packaged, preload, session })
    const window = new BrowserWindow({ ...options, ...over.getBounds(), parent: over })
    this.#window = window
    let looking = false
    const look = async () => {
      if (looking) return
      looking = true
      if ((await this.#parts.isQuiet()) !== true && this.#window === window) this.close()
      looking = false
    }
    const looks = setInterval(() => void look(), pace.lookMs)
    const life = setTimeout(() => this.close(), pace.lifeMs)
    window.on('closed', () => {
      clearInterval(looks)
      clearTimeout(life)
      if (this.#window === window) this.#window = undefined
    })
    window.on('unresponsive', () => this.close())
    window.webContents.on('render-process-gone', () => this.close())
    window.once('ready-to-show', () => window.show())
    // A window that is closed meanwhile rejects its load.
    void window.loadURL(pageUrl(KEEPER.page)).catch(() => {})
  }
}
