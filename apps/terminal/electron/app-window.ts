/** One window, the host process behind it, and the port between its page and that process. */
import type { BrowserWindow, Session, UtilityProcess } from 'electron'
import { CALM_PAGE } from './app-page.ts'
import type { Face } from './faces.ts'
import { fromHost, type ToHost } from './host-messages.ts'
import { pageUrl } from './origin.ts'
import { type Electron, type Machine, paceOf } from './program.ts'
import { isTrusted } from './sender.ts'
import type { Settings } from './settings.ts'
import { isSwallowed } from './shortcuts.ts'
import { Supervisor } from './supervisor.ts'
import { windowOptions } from './window-options.ts'

export interface WindowParts {
  readonly face: Face
  readonly packaged: boolean
  readonly session: Session
  readonly settings: Settings
  /** Where the terminal keeps what must survive it. */
  readonly folder: string
  readonly terminalKey: string | undefined
}

export interface AppWindow {
  readonly window: BrowserWindow
  readonly supervisor: Supervisor
}

export function windowFor(given: Electron, machine: Machine, parts: WindowParts): AppWindow {
  const { face, packaged, session, settings, folder, terminalKey } = parts
  const window = new given.BrowserWindow(windowOptions({ face, packaged, preload: machine.paths.preload, session }))
  const page = window.webContents
  window.setContentProtection(face.pins)
  window.once('ready-to-show', () => window.show())

  let host: UtilityProcess | undefined
  const tell = (message: ToHost, ports: Electron.MessagePortMain[] = []) => host?.postMessage(message, ports)
  // A page that is being replaced rejects its load; the page that replaces it is what counts.
  const show = (path: string) => void window.loadURL(pageUrl(path)).catch(() => {})

  const supervisor = new Supervisor(
    {
      startHost() {
        const started = given.utilityProcess.fork(machine.paths.hostProcess, [], {
          serviceName: 'host',
          stdio: 'inherit',
        })
        host = started
        started.on('message', (raw: unknown) => {
          const message = fromHost.safeParse(raw)
          if (!message.success || host !== started) return
          if (message.data.kind === 'cardRead') supervisor.cardRead()
          if (message.data.kind === 'pong') supervisor.alive()
        })
        started.on('exit', () => {
          if (host === started) supervisor.trouble('hostGone')
        })
        tell({ kind: 'begin', settings, folder, ...(terminalKey === undefined ? {} : { terminalKey }) })
      },
      endHost() {
        const ending = host
        host = undefined
        ending?.kill()
      },
      showCalmPage: () => show(CALM_PAGE),
      showFace: () => show(settings.panel === undefined ? face.page : `${face.page}?panel=${settings.panel}`),
      ping: (id) => tell({ kind: 'ping', id }),
    },
    paceOf(machine),
  )

  page.on('render-process-gone', () => supervisor.trouble('rendererGone'))
  window.on('unresponsive', () => supervisor.trouble('rendererHangs'))
  page.on('before-input-event', (event, input) => {
    if (face.kiosk && packaged && isSwallowed(input)) event.preventDefault()
  })
  given.ipcMain.on('channel', (event, path: unknown) => {
    // Read now: a frame can be gone or elsewhere when this function has ended.
    const frame = event.senderFrame
    if (!isTrusted(frame) || typeof path !== 'string' || !face.channels.includes(path)) return
    const { port1, port2 } = new given.MessageChannelMain()
    tell({ kind: 'channel', path }, [port1])
    frame?.postMessage('channel', path, [port2])
  })
  return { window, supervisor }
}
