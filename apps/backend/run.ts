/** Runs a backend until it is told to stop: open, listen, tend, and stop without dropping anybody's answer. */
import { flushCompileCache } from 'node:module'
import type { Backend, BackendOptions } from '../../src/backend/backend.ts'
import { openCore } from '../../src/backend/core.ts'
import { systemClock } from '../../src/base/clock.ts'
import type { DoorOptions } from './door-options.ts'
import { type FrontOptions, openFront } from './front.ts'
import { type LimitOptions, limits } from './limits.ts'
import type { Log } from './log.ts'
import { metrics } from './metrics.ts'

export interface RunOptions extends BackendOptions {
  readonly role: DoorOptions['role']
  readonly host: string
  readonly port: number
  readonly tls?: NonNullable<FrontOptions['tls']>
  readonly version: string
  readonly log: Log
  /** How much it takes at once; `DEFAULT_LIMITS` unless told. */
  readonly limits?: LimitOptions
  /** Told the address when status is served; the business follows, and requests for it wait until then. */
  readonly onListening?: (address: string) => void
  /** Runs after opening, before listening. */
  readonly prepare?: (backend: Backend) => Promise<void>
}

export interface Running {
  /** `http://127.0.0.1:8460` with the port really taken. */
  readonly address: string
  readonly backend: Backend
  /** Takes no new work, finishes what runs, closes. */
  stop(): Promise<void>
}

const STOP_GRACE_MS = 5_000
const TEND_MS = 1_000
const WATCH_MS = 60_000
const SELF_TEST_MS = 10 * 60_000

/** Listens as soon as the core is open; is done when everything is. */
export async function runBackend(options: RunOptions): Promise<Running> {
  const { log, role, tls, version, prepare } = options
  const core = await openCore(options)
  try {
    const shared = { limits: limits(systemClock, options.limits), metrics: metrics(), log, version }
    const front = await openFront({
      ...shared,
      ...(role === 'core'
        ? {}
        : { status: { responder: core.ocsp, store: core.parts.store, clock: core.parts.clock } }),
      ...(tls === undefined ? {} : { tls }),
    })
    const load = async () => {
      await roomByRoom()
      return (await import('../../src/backend/backend.ts')).withBusiness(core, options)
    }
    const prepared = prepare === undefined ? undefined : await load()
    if (prepared !== undefined) await prepare?.(prepared)
    const { port } = await front.listen(options.host, options.port)
    const host = options.host.includes(':') ? `[${options.host}]` : options.host
    const address = `${tls === undefined ? 'http' : 'https'}://${host}:${port}`
    log({ event: 'started' })
    options.onListening?.(address)
    const backend = prepared ?? (await load())
    const { openDoor } = await import('./door.ts')
    const app = await openDoor({ ...shared, backend, role, front, mutual: tls !== undefined })
    // Kept for the next start; at the end of this process it may be killed.
    flushCompileCache()
    const stopTending = tend(backend, role, log)
    return {
      address,
      backend,
      async stop() {
        log({ event: 'stopping' })
        // What runs may finish; who does not read his answer is cut off in the end.
        await Promise.all([front.close(STOP_GRACE_MS), app.close()])
        await stopTending()
        await core.close()
        log({ event: 'stopped' })
      },
    }
  } catch (error) {
    await core.close()
    throw error
  }
}

/** As long as taking a connection, reading a request and signing its answer last together. */
const ANSWERING_MS = 8

/** Loads what the business needs in parts, so that a status request waits for one of them at most. */
async function roomByRoom(): Promise<void> {
  // Not the next turn of the loop: of those an answer needs several, and would wait for as many parts.
  const turn = () => new Promise((resolve) => setTimeout(resolve, ANSWERING_MS))
  for (const room of [
    () => import('zod'),
    () => import('../../src/wire/backend-api.ts'),
    () => import('../../src/backend/scripts/service.ts'),
    () => import('fastify'),
    () => import('./handlers.ts'),
  ]) {
    await turn()
    await room()
  }
  await turn()
}

/** Background rounds, one at a time; a round that fails is logged and the next one tries again. Who only answers changes nothing. Returns how to stop. */
function tend(backend: Backend, role: RunOptions['role'], log: Log): () => Promise<void> {
  const stop = new AbortController()
  const wait = (ms: number) =>
    new Promise<void>((resolve) => {
      // An abort while the work ran was heard by nobody.
      if (stop.signal.aborted) return resolve()
      const timer = setTimeout(resolve, ms)
      stop.signal.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true })
    })
  const rounds = async (every: number, event: 'background failed' | 'self-test failed', work: () => Promise<void>) => {
    while (!stop.signal.aborted) {
      await work().catch((error: unknown) => log({ event, code: error instanceof Error ? error.name : 'unknown' }))
      await wait(every)
    }
  }
  const running =
    role === 'public'
      ? rounds(WATCH_MS, 'background failed', () => backend.watch())
      : Promise.all([
          rounds(TEND_MS, 'background failed', () => backend.tend()),
          rounds(SELF_TEST_MS, 'self-test failed', () => backend.parts.guard.selfTest()),
        ])
  return async () => {
    stop.abort()
    await running
  }
}
