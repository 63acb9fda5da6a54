/** The windows, the host process behind them, and the ports between their pages and that process. */
import type { BrowserWindow, Session } from 'electron'
import { CALM_PAGE } from './app-page.ts'
import { type Face, facesOf, KEEPER } from './faces.ts'
import { type Electron, keeperPaceOf, type Machine, paceOf } from './given.ts'
import { HostHandle } from './host-handle.ts'
import type { Beginning } from './host-messages.ts'
import { KeeperWindow } from './keeper-window.ts'
import { pageUrl } from './origin.ts'
import { isTrusted } from './sender.ts'
import { isSwallowed } from './shortcuts.ts'
import { Supervisor } from './supervisor.ts'
import { windowOptions } from './window-options.ts'

export interface WindowParts {
  readonly packaged: boolean
  readonly session: Session
  readonly beginning: Beginning
}

export interface AppWindows {
  readonly windows: readonly BrowserWindow[]
  readonly supervisor: Supervisor
  readonly keeper: KeeperWindow
}

export function openWindows(
  given: Electron,
  machine: Machine,
  { packaged, session, beginning }: WindowParts,
): AppWindows {
  const { settings } = beginning
  const open = (face: Face) => {
    const options = windowOptions({ face, packaged, preload: machine.paths.preload, session })
    return { face, window: new given.BrowserWindow(options) }
  }
  const [own, ...others] = facesOf(settings.place.role)
  const first = open(own)
  const opened = [first, ...others.map(open)]
  const host = new HostHandle(given.utilityProcess, machine.paths.hostProcess, beginning, {
    cardRead: () => supervisor.cardRead(),
    alive: () => supervisor.alive(),
    gone: () => supervisor.trouble('hostGone'),
  })
  const panel = settings.panel === undefined ? '' : `?panel=${settings.panel}`
  // A page that is being replaced rejects its load; the page that replaces it is what counts.
  const show = (pageOf: (face: Face) => string) => {
    for (const { face, window } of opened) void window.loadURL(pageUrl(pageOf(face))).catch(() => {})
  }
  const supervisor = new Supervisor(
    {
      startHost: () => host.start(),
      endHost: () => host.end(),
      showCalmPage: () => {
        keeper.close()
        show(() => CALM_PAGE)
      },
      showFace: () => show(({ page }) => page + panel),
      ping: (id) => host.tell({ kind: 'ping', id }),
    },
    paceOf(machine),
  )
  const keeper = new KeeperWindow(given, {
    ...{ packaged, session, preload: machine.paths.preload, pace: keeperPaceOf(machine) },
    over: first.window,
    state: () => supervisor.state,
    isQuiet: () => host.isQuiet(),
  })
  for (const { face, window } of opened) prepare(window, face, packaged, supervisor)
  given.ipcMain.on('channel', (event, path: unknown) => {
    // Read now: a frame can be gone or elsewhere when this function has ended.
    const frame = event.senderFrame
    const face = keeper.shows(event.sender)
      ? KEEPER
      : opened.find(({ window }) => window.webContents === event.sender)?.face
    if (!isTrusted(frame) || typeof path !== 'string' || !face?.channels.includes(path)) return
    const { port1, port2 } = new given.MessageChannelMain()
    host.tell({ kind: 'channel', path }, [port1])
    frame?.postMessage('channel', path, [port2])
  })
  return { windows: opened.map(({ window }) => window), supervisor, keeper }
}

function prepare(window: BrowserWindow, face: Face, packaged: boolean, supervisor: Supervisor): void {
  window.setContentProtection(face.pins)
  window.once('ready-to-show', () => window.show())
  window.on('unresponsive', () => supervisor.trouble('rendererHangs'))
  window.webContents.on('render-process-gone', () => supervisor.trouble('rendererGone'))
  window.webContents.on('before-input-event', (event, input) => {
    if (face.kiosk && packaged && isSwallowed(input)) event.preventDefault()
  })
}
