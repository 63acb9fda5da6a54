/**
 * A face engine for tests, by the words of docs/face-engine.md alone: it knows nothing of the client. It "compares" by looking whether
 * both pictures are there, and forgets them.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

const MOST = 512 * 1024

export interface Asked {
  readonly comparison: string
  readonly photo: Uint8Array
  readonly live: Uint8Array
}

export interface EngineServer extends AsyncDisposable {
  readonly address: string
  /** Requests that came, conforming or not. */
  readonly requests: { readonly method: string; readonly url: string }[]
}

type Answer = (response: ServerResponse, asked: Asked, request: IncomingMessage) => void | Promise<void>

export const json = (response: ServerResponse, body: unknown, status = 200): void =>
  void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))

const START: Readonly<Record<'photo' | 'live', readonly string[]>> = {
  // A JP2 file, or its bare codestream.
  photo: ['0000000c6a502020', 'ff4fff51'],
  live: ['ffd8ff'],
}

/** The engine of the document. */
export const conforming: Answer = (response, { comparison, photo, live }) => {
  const fits = (which: 'photo' | 'live', bytes: Uint8Array) =>
    START[which].some((start) => Buffer.from(bytes).toString('hex', 0, 8).startsWith(start))
  const decision = fits('photo', photo) && fits('live', live) ? 'same' : 'unclear'
  json(response, { comparison, decision, reference: `test-${comparison.slice(0, 8)}` })
}

export interface ServerOptions {
  readonly answer?: Answer
  readonly tls?: { readonly key: string; readonly cert: string; readonly ca?: string }
}

export async function engineServer({ answer = conforming, tls }: ServerOptions = {}): Promise<EngineServer> {
  const requests: EngineServer['requests'] = []
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    requests.push({ method: request.method ?? '', url: request.url ?? '' })
    if (request.url?.endsWith('/v1/comparisons') !== true) return json(response, { error: 'notFound' }, 404)
    if (request.method !== 'POST') return json(response, { error: 'methodNotAllowed' }, 405)
    const parts: Buffer[] = []
    let size = 0
    for await (const part of request) {
      size += part.length
      if (size > MOST) return json(response, { error: 'tooLarge' }, 413)
      parts.push(part)
    }
    const comparison = String(request.headers['madoguchi-comparison'])
    const form = await formOf(Buffer.concat(parts), request.headers['content-type'])
    if (form === undefined || !/^[0-9a-f]{32}$/.test(comparison)) return json(response, { error: 'badRequest' }, 400)
    await answer(response, { comparison, ...form }, request)
  }
  const listener = (request: IncomingMessage, response: ServerResponse) =>
    void handle(request, response).catch(() => response.destroy())
  const server = tls
    ? createTlsServer({ ...tls, minVersion: 'TLSv1.3', requestCert: true, rejectUnauthorized: true }, listener)
    : createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function formOf(body: Uint8Array<ArrayBuffer>, type = ''): Promise<Pick<Asked, 'photo' | 'live'> | undefined> {
  const form = await new Response(body, { headers: { 'Content-Type': type } }).formData().catch(() => undefined)
  const file = async (name: string, mime: string) => {
    const [found, more] = form?.getAll(name) ?? []
    return found instanceof File && found.type === mime && more === undefined ? found.bytes() : undefined
  }
  const [photo, live] = [await file('photo', 'image/jp2'), await file('live', 'image/jpeg')]
  return photo === undefined || live === undefined || [...(form?.keys() ?? [])].length !== 2
    ? undefined
    : { photo, live }
}
