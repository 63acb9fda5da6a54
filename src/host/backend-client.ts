/**
 * Calls to the backend: two endpoints or more with fail-over and fail-back (P20), few repeats at growing random distances (P9), the same
 * order whoever answers in the end (rule 7), replies held against the contract (P14). What is sent and answered is never logged.
 */
import { z } from 'zod'
import type { Clock, RandomSource } from '../base/clock.ts'
import { hex } from '../base/hex.ts'
import type { Answered, BackendLine, CallInput } from '../procedures/backend-line.ts'
import { BACKEND_API, type BackendApi, type EndpointName } from '../wire/backend-api.ts'
import type { Endpoint } from '../wire/backend-endpoint.ts'
import { BACKEND_ERRORS, type BackendErrorCode } from '../wire/backend-errors.ts'
import { Circuit } from './circuit.ts'
import type { HttpPort, HttpRequest, HttpResponse } from './http-port.ts'
import type { Timers } from './ports.ts'

export interface ClientPorts {
  readonly endpoints: readonly HttpPort[]
  readonly clock: Clock
  readonly timers: Timers
  readonly random: RandomSource
  /** Named in a header; where TLS is mutual the certificate counts, not this. */
  readonly terminal: string
  /** Told of every attempt: for metrics. */
  readonly observe?: (attempt: Attempt) => void
}

export interface Attempt {
  readonly name: EndpointName
  readonly endpoint: number
  readonly outcome: 'ok' | 'refused' | 'busy' | 'noAnswer' | 'malformed'
  readonly ms: number
}

export interface CallOptions {
  readonly signal: AbortSignal
  /** Session of the member of staff who acts. */
  readonly operator?: string | undefined
  /** The order it is: the same key again is the same order. A new one when left out. */
  readonly key?: string | undefined
}

const ATTEMPTS = 4
const ATTEMPT_MS = 8_000
const CALL_MS = 20_000
const PAUSE_MS = 250
const LONGEST_PAUSE_MS = 4_000

/** Refusals of the moment: the same order, asked again a little later or elsewhere, may be taken. */
const BUSY: ReadonlySet<BackendErrorCode> = new Set(['overloaded', 'tooManyRequests', 'inProgress', 'storeUnavailable'])

const refusal = z.object({
  code: z.enum(Object.keys(BACKEND_ERRORS) as [BackendErrorCode]),
  detail: z.string().optional(),
})

/** What one attempt gave: an answer to hand on, or why it is worth asking again. */
type Tried =
  | { readonly kind: 'answered'; readonly answered: Answered<never> }
  | { readonly kind: 'again'; readonly last: Answered<never>; readonly waitMs: number }

export class BackendClient {
  readonly #ports: ClientPorts
  readonly #circuit: Circuit

  constructor(ports: ClientPorts) {
    this.#ports = ports
    this.#circuit = new Circuit(ports.endpoints.length, ports.clock)
  }

  /** Did the last attempts at every endpoint fail? */
  get away(): boolean {
    return this.#ports.endpoints.every((_, i) => this.#circuit.isOpen(i))
  }

  newKey(): string {
    return hex(this.#ports.random.bytes(16))
  }

  /** For one procedure: a call that nobody answered, made again in the same words, is the same order. */
  line(options: { readonly signal: AbortSignal; readonly operator?: () => string | undefined }): BackendLine {
    const unanswered = new Map<string, string>()
    return {
      call: async (name, input) => {
        const words = JSON.stringify([name, input])
        const key = unanswered.get(words) ?? this.newKey()
        const answered = await this.call(name, input, { signal: options.signal, operator: options.operator?.(), key })
        if (answered.kind === 'away') unanswered.set(words, key)
        else unanswered.delete(words)
        return answered
      },
    }
  }

  /** Rejects with the signal's reason when it aborts. */
  async call<N extends EndpointName>(
    name: N,
    input: CallInput<N>,
    { signal, operator, key = this.newKey() }: CallOptions,
  ): Promise<Answered<z.output<BackendApi[N]['reply']>>> {
    signal.throwIfAborted()
    const { timers, terminal } = this.#ports
    const request = requestOf(name, input, { key, terminal, operator })
    const deadline = new AbortController()
    const stopDeadline = timers.after(CALL_MS, () => deadline.abort())
    const stop = AbortSignal.any([signal, deadline.signal])
    try {
      return (await this.#repeat(name, request, stop)) as Answered<z.output<BackendApi[N]['reply']>>
    } finally {
      stopDeadline()
      signal.throwIfAborted()
    }
  }

  async #repeat(name: EndpointName, request: HttpRequest, stop: AbortSignal): Promise<Answered<never>> {
    let last: Answered<never> = { kind: 'away' }
    const failed = new Set<number>()
    for (let attempt = 0; attempt < ATTEMPTS && !stop.aborted; attempt++) {
      const order = this.#circuit.order()
      // Another endpoint at once; the pause comes when all were asked.
      const endpoint = order.find((i) => !failed.has(i)) ?? order[0]
      if (endpoint === undefined) return last
      const tried = await this.#try(name, request, endpoint, stop)
      if (tried.kind === 'answered') return tried.answered
      last = tried.last
      failed.add(endpoint)
      if (failed.size < order.length && tried.waitMs === 0) continue
      failed.clear()
      if (attempt + 1 < ATTEMPTS) await this.#pause(tried.waitMs || this.#jitter(attempt), stop)
    }
    return last
  }

  async #try(name: EndpointName, request: HttpRequest, endpoint: number, stop: AbortSignal): Promise<Tried> {
    const { clock, endpoints, observe } = this.#ports
    const started = clock.now()
    const tell = (outcome: Attempt['outcome']) => observe?.({ name, endpoint, outcome, ms: clock.now() - started })
    const response = await this.#send(endpoints[endpoint] as HttpPort, request, stop)
    const read = response && readResponse(name, response)
    if (read === undefined) {
      tell('noAnswer')
      // Who was stopped proves nothing about the endpoint.
      if (!stop.aborted) this.#circuit.failed(endpoint)
      return { kind: 'again', last: { kind: 'away' }, waitMs: 0 }
    }
    this.#circuit.answered(endpoint)
    if (read === 'malformed') {
      tell('malformed')
      return { kind: 'answered', answered: { kind: 'away' } }
    }
    const busy = read.kind === 'refused' && BUSY.has(read.code)
    tell(busy ? 'busy' : read.kind === 'ok' ? 'ok' : 'refused')
    if (!busy) return { kind: 'answered', answered: read }
    return { kind: 'again', last: read, waitMs: 1000 * (response?.retryAfter ?? 0) }
  }

  async #send(port: HttpPort, request: HttpRequest, stop: AbortSignal): Promise<HttpResponse | undefined> {
    const late = new AbortController()
    const stopWaiting = this.#ports.timers.after(ATTEMPT_MS, () => late.abort())
    try {
      return await port(request, AbortSignal.any([stop, late.signal]))
    } catch {
      return undefined
    } finally {
      stopWaiting()
    }
  }

  /** Anywhere between nothing and twice as much as the time before, so that a crowd of terminals does not come at once. */
  #jitter(attempt: number): number {
    const [high = 0, low = 0] = this.#ports.random.bytes(2)
    return (Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** attempt) * (high * 256 + low)) / 0x10000
  }

  async #pause(ms: number, stop: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const done = () => resolve()
    const cancel = this.#ports.timers.after(ms, done)
    stop.addEventListener('abort', done, { once: true })
    if (stop.aborted) done()
    await promise
    cancel()
    stop.removeEventListener('abort', done)
  }
}

interface Input {
  readonly params?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

function requestOf(
  name: EndpointName,
  { params, query, body }: Input,
  { key, terminal, operator }: { key: string; terminal: string; operator: string | undefined },
): HttpRequest {
  const { method, path } = BACKEND_API[name]
  const named = path.replace(/:([a-zA-Z]+)/g, (_, part: string) => encodeURIComponent(String(params?.[part])))
  const asked = Object.entries(query ?? {}).filter(([, value]) => value !== undefined)
  const search = asked.map((pair) => pair.map((part) => encodeURIComponent(String(part))).join('=')).join('&')
  return {
    method,
    path: search === '' ? named : `${named}?${search}`,
    headers: {
      'Madoguchi-Terminal': terminal,
      ...(method === 'POST' ? { 'Idempotency-Key': key } : {}),
      ...(operator === undefined ? {} : { 'Madoguchi-Operator': operator }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }
}

/** Undefined: whoever answered, it was not a backend. */
function readResponse(name: EndpointName, { status, body }: HttpResponse): Answered<never> | 'malformed' | undefined {
  const json = parseJson(body)
  if (status >= 200 && status < 300) {
    const { reply }: Endpoint = BACKEND_API[name]
    const parsed = reply.safeParse(json)
    return parsed.success ? { kind: 'ok', value: parsed.data as never } : 'malformed'
  }
  const refused = refusal.safeParse(json)
  if (!refused.success) return undefined
  const { code, detail } = refused.data
  return { kind: 'refused', code, ...(detail === undefined ? {} : { detail }) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
