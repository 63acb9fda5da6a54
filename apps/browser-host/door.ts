/**
 * The loopback door: a browser kiosk, a demonstration or an end-to-end test reaches the hall through it. 127.0.0.1 only, a one-time
 * token, one cookie, the exact Origin, one client at a time (checklist row 25). Never in a packaged kiosk.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { MAX_PACKET } from '../../src/wire/packet.ts'
import { type Service, serve } from '../../src/wire/serve.ts'
import { Admission } from './admission.ts'
import { lockedDown, staticFile } from './static-files.ts'
import { webSocketWire } from './web-socket-wire.ts'

export interface Door {
  /** Opens the page once; then the browser has its cookie. */
  readonly url: string
  close(): Promise<void>
}

export interface DoorOptions {
  readonly service: Service
  /** Folder of the built renderer. */
  readonly files: string
  /** The page of the renderer to open: `kiosk/`. */
  readonly page: string
  /** 0 takes any free port. */
  readonly port?: number
}

export async function openDoor({ service, files, page, port = 0 }: DoorOptions): Promise<Door> {
  const admission = new Admission()
  const server = createServer((request, response) => void answer(request, response))
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PACKET })
  await listen(server, port)
  const { port: actual } = server.address() as AddressInfo
  const host = `127.0.0.1:${actual}`
  const headers = lockedDown(actual)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${host}`)
    const end = (code: number, more: Record<string, string> = {}, body: string | Uint8Array = '') =>
      response.writeHead(code, { ...headers, ...more }).end(body)
    // Another name for 127.0.0.1 in the Host header is somebody's DNS rebinding.
    if (request.headers.host !== host) return void end(421)
    if (request.method !== 'GET') return void end(405, { Allow: 'GET' })
    const token = url.searchParams.get('token')
    if (token !== null) {
      const cookie = admission.redeem(token)
      return void (cookie === undefined ? end(403) : end(303, { 'Set-Cookie': cookie, Location: url.pathname }))
    }
    if (!admission.knows(request.headers.cookie)) return void end(403)
    const file = await staticFile(files, url.pathname)
    return void (file === undefined ? end(404) : end(200, { 'Content-Type': file.type }, file.body))
  }

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { origin, cookie } = request.headers
    const admitted = request.headers.host === host && origin === `http://${host}` && admission.knows(cookie)
    if (!admitted || request.url !== '/host') {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      return
    }
    // A page that was loaded again takes the place of the one before.
    for (const client of sockets.clients) client.close(4001)
    sockets.handleUpgrade(request, socket, head, (client) => serve(webSocketWire(client), service))
  })

  return {
    url: `http://${host}/${page}?token=${admission.token}`,
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
