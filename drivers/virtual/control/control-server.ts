/** The control API: HTTP on a Unix socket, for programs in any language. Its owner alone may open the socket. */
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { claimSocketPath } from '../service/socket-path.ts'
import { ControlError } from './control-error.ts'
import type { ControlDesk } from './desk.ts'
import { openApiDocument } from './openapi.ts'
import { EVENTS_PATH, OPENAPI_PATH, ROUTES, type Route } from './routes.ts'

const LONGEST_BODY = 1024 * 1024
/** A client of the event stream that does not read is cut off here. */
const UNREAD = 1024 * 1024

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LONGEST_BODY) throw new ControlError(413, `a body has at most ${LONGEST_BODY} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseBody(route: Route, text: string): unknown {
  if (route.body === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ControlError(400, 'the body is not JSON')
  }
  const parsed = route.body.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ControlError(400, `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'not as described'}`)
}

function find(method: string, path: string): { readonly route: Route; readonly reader: string } {
  const parts = path.split('/')
  let known = false
  for (const route of ROUTES) {
    const wanted = route.path.split('/')
    if (wanted.length !== parts.length || !wanted.every((part, i) => part === '{reader}' || part === parts[i])) continue
    known = true
    if (route.method !== method) continue
    const at = wanted.indexOf('{reader}')
    return { route, reader: at < 0 ? '' : decodeName(parts[at] as string) }
  }
  throw new ControlError(404, known ? `${path} has no ${method.toUpperCase()}` : `there is nothing at ${path}`)
}

function decodeName(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new ControlError(400, 'the name of the reader is not well encoded')
  }
}

function send(response: ServerResponse, status: number, value?: unknown): void {
  if (value === undefined) response.writeHead(status).end()
  else response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(value)}\n`)
}

export class ControlServer {
  readonly socketPath: string
  readonly #desk: ControlDesk
  readonly #server: Server

  private constructor(desk: ControlDesk, socketPath: string) {
    this.#desk = desk
    this.socketPath = socketPath
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy()
        else if (error instanceof ControlError) send(response, error.status, { error: error.message })
        else send(response, 500, { error: error instanceof Error ? error.message : String(error) })
      })
    })
  }

  /** Rejects with a plain sentence when the path cannot be used. */
  static async listen(desk: ControlDesk, socketPath: string): Promise<ControlServer> {
    await claimSocketPath(socketPath)
    const control = new ControlServer(desk, socketPath)
    await new Promise<void>((resolve, reject) => {
      control.#server.once('error', reject)
      control.#server.listen(socketPath, resolve)
    })
    chmodSync(socketPath, 0o600)
    return control
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
    rmSync(this.socketPath, { force: true })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://control')
    if (request.method === 'GET' && pathname === OPENAPI_PATH) return send(response, 200, openApiDocument())
    if (request.method === 'GET' && pathname === EVENTS_PATH) return this.#stream(response)
    const { route, reader } = find((request.method ?? '').toLowerCase(), pathname)
    const body = parseBody(route, await readBody(request))
    const value = await route.run(this.#desk, { reader, query: searchParams, body })
    send(response, route.status, route.answer === undefined ? undefined : value)
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    response.flushHeaders()
    const stop = this.#desk.bay.onEvent((event) => {
      response.write(`${JSON.stringify(event)}\n`)
      if (response.writableLength > UNREAD) response.destroy()
    })
    response.on('close', stop)
  }
}
