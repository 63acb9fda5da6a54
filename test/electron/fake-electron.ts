/**
 * Electron as the program sees it, by hand: what is called is written down in order, windows and processes do what the test says. The
 * host process is a real hall in this process, on ports of Node's own.
 */
import { EventEmitter } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type MessagePort, MessageChannel as NodeChannel } from 'node:worker_threads'
import { type Opener, serveHost } from '../../apps/terminal/electron/host-service.ts'
import { MainPortOverNode } from './ports.ts'

/** One end of a pair, as it is handed from process to process. */
export class FakePort {
  readonly node: MessagePort
  constructor(node: MessagePort) {
    this.node = node
  }
}

export class FakeContents extends EventEmitter {
  openHandler: ((details: object) => unknown) | undefined
  /** Ports that were handed to the page, with the channel's name. */
  readonly given: { readonly path: string; readonly port: MessagePort }[] = []
  setWindowOpenHandler(handler: (details: object) => unknown): void {
    this.openHandler = handler
  }
  /** Its main frame, as Electron names it in a message. */
  get frame() {
    return {
      origin: 'app://terminal',
      detached: false,
      parent: null,
      postMessage: (_channel: string, path: string, [port]: FakePort[]) => {
        if (port !== undefined) this.given.push({ path, port: port.node })
      },
    }
  }
}

export class FakeHost extends EventEmitter {
  readonly #parent = new EventEmitter()
  /** Deaf: gets messages and does nothing with them. */
  deaf = false
  killed = false
  constructor(open: Opener) {
    super()
    serveHost(
      {
        on: (name, listener) => this.#parent.on(name, listener),
        postMessage: (message) => setImmediate(() => this.killed || this.emit('message', message)),
      },
      open,
    )
  }
  postMessage(data: unknown, ports: FakePort[] = []): void {
    if (this.deaf || this.killed) return
    const copies = ports.map(({ node }) => new MainPortOverNode(node))
    setImmediate(() => this.#parent.emit('message', { data: structuredClone(data), ports: copies }))
  }
  kill(): void {
    this.die(0)
  }
  die(code: number): void {
    if (this.killed) return
    this.killed = true
    setImmediate(() => this.emit('exit', code))
  }
}

export interface FakeOptions {
  readonly packaged: boolean
  readonly open: Opener
  readonly firstInstance?: boolean
  /** Of the account; a new one when left out. */
  readonly folder?: string
  /** Another host process than a hall in this process. */
  readonly host?: () => HostLike
}

/** What the program uses of Electron's `UtilityProcess`, and how a test ends one. */
export type HostLike = EventEmitter & {
  readonly killed: boolean
  deaf: boolean
  postMessage(data: unknown, ports?: FakePort[]): void
  kill(): void
  die(code: number): void
}

export function fakeElectron({ packaged, open, firstInstance = true, host: made, ...more }: FakeOptions) {
  const calls: string[] = []
  const note = (call: string) => void calls.push(call)
  const windows: FakeWindow[] = []
  const hosts: HostLike[] = []
  const ready = Promise.withResolvers<void>()
  const folder = more.folder ?? mkdtempSync(join(tmpdir(), 'madoguchi-electron-'))
  const brought: unknown[] = []
  const handlers: Record<string, unknown> = {}

  class FakeWindow extends EventEmitter {
    readonly webContents = new FakeContents()
    readonly shown: string[] = []
    protected = false
    readonly options: object
    constructor(options: object) {
      super()
      note('new BrowserWindow')
      this.options = options
      windows.push(this)
      app.emit('web-contents-created', {}, this.webContents)
    }
    setContentProtection(on: boolean): void {
      this.protected = on
    }
    async loadURL(url: string): Promise<void> {
      note(`load ${url}`)
      this.shown.push(url)
    }
    show(): void {
      note('show')
    }
    focus(): void {
      note('focus')
    }
    getBounds() {
      return { x: 10, y: 20, width: 1080, height: 1920 }
    }
    destroyed = false
    destroy(): void {
      this.destroyed = true
      this.emit('closed')
    }
  }

  const app = Object.assign(new EventEmitter(), {
    isPackaged: packaged,
    enableSandbox: () => note('enableSandbox'),
    requestSingleInstanceLock: (data?: unknown) => {
      brought.push(data)
      note('requestSingleInstanceLock')
      return firstInstance
    },
    whenReady: () => {
      note('whenReady')
      return ready.promise
    },
    getPath: (name: string) => (name === 'userData' ? folder : assert(name)),
    quit: () => note('quit'),
    exit: (code: number) => note(`exit ${code}`),
  })
  const keep = (name: string) => (handler: unknown) => {
    handlers[name] = handler
  }
  const session = Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: keep('request'),
    setPermissionCheckHandler: keep('check'),
    setDevicePermissionHandler: keep('device'),
    setDisplayMediaRequestHandler: keep('displayMedia'),
    webRequest: { onBeforeRequest: keep('beforeRequest') },
    protocol: {
      handle: (scheme: string, handler: unknown) => {
        note(`protocol.handle ${scheme}`)
        handlers['page'] = handler
      },
    },
  })
  const ipcMain = new EventEmitter()
  const electron = {
    app,
    BrowserWindow: FakeWindow,
    ipcMain,
    Menu: { setApplicationMenu: (menu: unknown) => note(`setApplicationMenu ${menu}`) },
    MessageChannelMain: class {
      readonly port1: FakePort
      readonly port2: FakePort
      constructor() {
        const { port1, port2 } = new NodeChannel()
        this.port1 = new FakePort(port1)
        this.port2 = new FakePort(port2)
      }
    },
    protocol: {
      registerSchemesAsPrivileged: (schemes: object) => note(`registerSchemesAsPrivileged ${JSON.stringify(schemes)}`),
    },
    safeStorage: {
      isEncryptionAvailable: () => true,
      encryptString: (text: string) => Buffer.from(text).reverse(),
      decryptString: (sealed: Buffer) => Buffer.from(sealed).reverse().toString(),
    },
    session: {
      fromPartition: (name: string, options: object) => {
        note(`fromPartition ${name} ${JSON.stringify(options)}`)
        return session
      },
    },
    utilityProcess: {
      fork: (path: string, args: readonly string[], options: object) => {
        note(`utilityProcess.fork ${JSON.stringify([path, args, options])}`)
        const host = made?.() ?? new FakeHost(open)
        hosts.push(host)
        return host
      },
    },
  }
  return {
    electron,
    calls,
    windows,
    hosts,
    handlers,
    session,
    folder,
    /** What it asked of the program that has the lock. */
    brought,
    ready: () => ready.resolve(),
    /** The page asks for a channel, from the frame it is in or from another one. */
    asks: (path: unknown, senderFrame: unknown, sender: unknown = windows[0]?.webContents) =>
      ipcMain.emit('channel', { senderFrame, sender }, path),
  }
}
export type FakeElectron = ReturnType<typeof fakeElectron>

function assert(name: string): never {
  throw new Error(`the program asks for ${name}`)
}
