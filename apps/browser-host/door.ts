/**
 * The loopback door: a browser kiosk, a demonstration or an end-to-end test reaches the hall through it. 127.0.0.1 only, one-time
 * tokens, a cookie, the exact Origin, one client at each channel (checklist row 25). Never in a packaged kiosk.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { MAX_PACKET } from '../../src/wire/packet.ts'
import { type Service, serve } from '../../src/wire/serve.ts'
import { pageFile } from '../terminal/page-file.ts'
import { pageHeaders } from '../terminal/page-policy.ts'
import { Admission } from './admission.ts'
import { webSocketWire } from './web-socket-wire.ts'

export interface Door {
  /** An address that lets one browser in, once, and opens the page (`kiosk/`). Then the browser has its cookie. */
  url(page: string): string
  close(): Promise<void>
}

export interface DoorOptions {
  /** By the path of their channel: `/host`. */
  readonly services: Readonly<Record<string, Service>>
  /** Folder of the built renderer. */
  readonly files: string
  /** Pages that may use the camera: `phone/`. */
  readonly camera?: readonly string[]
  /** 0 takes any free port. */
  readonly port?: number
}

export async function openDoor({ services, files, camera = [], port = 0 }: DoorOptions): Promise<Door> {
  const admission = new Admission()
  const server = createServer((request, response) => void answer(request, response))
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PACKET })
  await listen(server, port)
  const { port: actual } = server.address() as AddressInfo
  const host = `127.0.0.1:${actual}`
  const channel = `ws://127.0.0.1:${actual}` as const
  const [headers, withCamera] = [pageHeaders(channel), pageHeaders(channel, true)]

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${host}`)
    const mayFilm = camera.some((page) => url.pathname.startsWith(`/${page}`))
    const end = (code: number, more: Record<string, string> = {}, body: string | Uint8Array = '') =>
      response.writeHead(code, { ...(mayFilm ? withCamera : headers), ...more }).end(body)
    // Another name for 127.0.0.1 in the Host header is somebody's DNS rebinding.
    if (request.headers.host !== host) return void end(421)
    if (request.method !== 'GET') return void end(405, { Allow: 'GET' })
    const token = url.searchParams.get('token')
    if (token !== null) {
      const cookie = admission.redeem(token)
      // An address that is opened again where it was opened first leads there too.
      if (cookie === undefined && !admission.knows(request.headers.cookie)) return void end(403, TEXT, USED)
      return void end(303, { ...(cookie === undefined ? {} : { 'Set-Cookie': cookie }), Location: pageOf(url) })
    }
    if (!admission.knows(request.headers.cookie)) return void end(403, TEXT, USED)
    const file = await pageFile(files, url.pathname)
    return void (file === undefined ? end(404) : end(200, { 'Content-Type': file.type }, file.body))
  }

  const channels = new Map<string, WebSocket>()
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { origin, cookie } = request.headers
    const admitted = request.headers.host === host && origin === `http://${host}` && admission.knows(cookie)
    const path = request.url ?? ''
    const service = Object.hasOwn(services, path) ? services[path] : undefined
    if (!admitted || service === undefined) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      return
    }
    // A page that was loaded again takes the place of the one before.
    channels.get(path)?.close(4001)
    sockets.handleUpgrade(request, socket, head, (client) => {
      channels.set(path, client)
      serve(webSocketWire(client), service)
    })
  })

  return {
    url: (page) => `http://${host}/${page}?token=${admission.issue()}`,
    async close() {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

const listen = (server: Server, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })

const TEXT = { 'Content-Type': 'text/plain; charset=utf-8' }
const USED = `このアドレスは一度だけ使えます。起動し直すと、新しいアドレスが表示されます。
This address worked once. Start the program again for a new one.
`

/** Where an address leads once its token is taken: itself without it (the panel profile stays). */
function pageOf(url: URL): string {
  url.searchParams.delete('token')
  return url.pathname + url.search
}
