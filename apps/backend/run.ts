/** Runs a backend until it is told to stop: open, listen, tend, and stop without dropping anybody's answer. */
import type { AddressInfo } from 'node:net'
import { type Backend, type BackendOptions, openBackend } from '../../src/backend/backend.ts'
import { systemClock } from '../../src/base/clock.ts'
import { type DoorOptions, openDoor } from './door.ts'
import { limits } from './limits.ts'
import type { Log } from './log.ts'
import { metrics } from './metrics.ts'

export interface RunOptions extends BackendOptions {
  readonly role: DoorOptions['role']
  readonly host: string
  readonly port: number
  readonly tls?: NonNullable<DoorOptions['tls']>
  readonly version: string
  readonly log: Log
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
const SELF_TEST_MS = 10 * 60_000

export async function runBackend(options: RunOptions): Promise<Running> {
  const { log, role, tls, version } = options
  const backend = await openBackend(options)
  try {
    await options.prepare?.(backend)
    const rest = { role, version, log, ...(tls === undefined ? {} : { tls }) }
    const app = await openDoor({ backend, limits: limits(systemClock), metrics: metrics(), ...rest })
    await app.listen({ host: options.host, port: options.port })
    const stopTending = role === 'public' ? async () => {} : tend(backend, log)
    const { port } = app.server.address() as AddressInfo
    const host = options.host.includes(':') ? `[${options.host}]` : options.host
    log({ event: 'started' })
    return {
      address: `${tls === undefined ? 'http' : 'https'}://${host}:${port}`,
      backend,
      async stop() {
        log({ event: 'stopping' })
        // What runs may finish; who does not read his answer is cut off in the end.
        const cut = setTimeout(() => app.server.closeAllConnections(), STOP_GRACE_MS)
        await app.close()
        clearTimeout(cut)
        await stopTending()
        await backend.close()
        log({ event: 'stopped' })
      },
    }
  } catch (error) {
    await backend.close()
    throw error
  }
}

/** Background rounds, one at a time; a round that fails is logged and the next one tries again. Returns how to stop. */
function tend(backend: Backend, log: Log): () => Promise<void> {
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
  const running = Promise.all([
    rounds(TEND_MS, 'background failed', () => backend.tend()),
    rounds(SELF_TEST_MS, 'self-test failed', () => backend.parts.guard.selfTest()),
  ])
  return async () => {
    stop.abort()
    await running
  }
}
