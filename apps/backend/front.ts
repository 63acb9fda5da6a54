/**
 * The server itself. It answers as soon as the core is open: OCSP and `/health` here, everything else by a listener that may come later
 * and is waited for. So status is not held up by what the business needs to be loaded.
 */
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { OcspResponder } from '../../src/backend/status/ocsp.ts'
import type { Store } from '../../src/backend/store/store.ts'
import type { Clock } from '../../src/base/clock.ts'
import type { Limits } from './limits.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { answerOcsp, isOcsp } from './ocsp-door.ts'
import { ocspLane } from './ocsp-lane.ts'

export interface FrontOptions {
  /** Not given: this process serves no status. */
  readonly status?: { readonly responder: OcspResponder; readonly store: Store; readonly clock: Clock }
  readonly limits: Limits
  readonly metrics: Metrics
  readonly log: Log
  readonly version: string
  /** PEM; with it every client is asked for a certificate. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

export interface Front {
  readonly server: Server
  /** Who answers the rest, from now on. */
  handOver(listener: RequestListener): void
  listen(host: string, port: number): Promise<AddressInfo>
  /** Takes nothing new, waits until everybody has their answer; whoever does not read it within `graceMs` is cut off. */
  close(graceMs: number): Promise<void>
}

export async function openFront(options: FrontOptions): Promise<Front> {
  const { tls } = options
  const rest = Promise.withResolvers<RequestListener>()
  let listener: RequestListener = (request, response) => void rest.promise.then((known) => known(request, response))
  const server = tls === undefined ? plain() : await secure(tls)
  const { status } = options
  const ocsp = status === undefined ? undefined : ocspListener(options, status.responder)
  const lane = status === undefined || tls !== undefined ? undefined : laneBefore(server, options, status)
  const alive = JSON.stringify({ alive: true, version: options.version })
  server.on('request', (request, response) => {
    if (ocsp !== undefined && isOcsp(request.url)) ocsp(request, response)
    else if (request.url === '/health' && (request.method === 'GET' || request.method === 'HEAD'))
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': alive.length }).end(alive)
    else listener(request, response)
  })
  return {
    server,
    handOver(known) {
      listener = known
      rest.resolve(known)
    },
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen({ host, port }, () => {
          server.off('error', reject)
          resolve(server.address() as AddressInfo)
        })
      }),
    close: (graceMs) =>
      new Promise((resolve) => {
        const cut = setTimeout(() => {
          server.closeAllConnections()
          lane?.cut()
        }, graceMs)
        // Whoever got his answer since then need not be waited for.
        const idle = setInterval(() => server.closeIdleConnections(), 20)
        server.close(() => {
          clearTimeout(cut)
          clearInterval(idle)
          resolve()
        })
        lane?.close()
      }),
  }
}

/** Not by `import`: that would also read every lazy export of the module, and one of them loads a WebSocket client. */
const plain = (): Server => process.getBuiltinModule('node:http').createServer()

/** Any certificate may knock; only an enrolled one is let in (the fingerprint is compared). */
async function secure(tls: { readonly key: string; readonly cert: string }): Promise<Server> {
  const { createServer } = await import('node:https')
  const options = { ...tls, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.3' } as const
  return createServer(options) as unknown as Server
}

type Status = NonNullable<FrontOptions['status']>

const laneBefore = (server: Server, { limits, metrics }: FrontOptions, { responder, store, clock }: Status) =>
  ocspLane(server, {
    ...{ responder, clock, changes: store.changes, enter: () => limits.enter('status') },
    answered: () => metrics.finished('/ocsp', 200, 0),
  })

function ocspListener({ metrics, log, limits }: FrontOptions, responder: OcspResponder): RequestListener {
  return (request, response) => {
    const started = performance.now()
    const done = (status: number, error?: unknown) => {
      const ms = performance.now() - started
      metrics.finished('/ocsp', status, ms / 1000)
      if (error === undefined) return
      const code = error instanceof Error ? error.name : 'unknown'
      log({ event: 'request', endpoint: '/ocsp', status, ms: Math.round(ms), code })
    }
    let leave: () => void
    try {
      leave = limits.enter('status')
    } catch {
      response.writeHead(503, { 'Retry-After': '1' }).end()
      return done(503)
    }
    void answerOcsp(responder, request, response, done).finally(leave)
  }
}
