/**
 * The visual check (目視): a member of staff, signed in with their card, looks at both pictures side by side and decides. Whoever is not
 * signed in sees no picture.
 */
import { Inbox } from '../../src/base/inbox.ts'
import { BackendClient } from '../../src/host/backend-client.ts'
import { CardDesk } from '../../src/host/card-desk.ts'
import { oneReader } from '../../src/host/one-reader.ts'
import type { HostPorts, Patience } from '../../src/host/ports.ts'
import { PromptDesk } from '../../src/host/prompt-desk.ts'
import { answering } from '../../src/host/resident-service.ts'
import { endSession } from '../../src/host/staff/end-session.ts'
import { type EndOfAttendance, Reception } from '../../src/host/staff/reception.ts'
import type { StaffSession } from '../../src/host/staff/sign-in.ts'
import { STAFF, STAFF_PATIENCE } from '../../src/host/staff/staff-screen.ts'
import { ChannelError } from '../../src/wire/frame.ts'
import type { Service } from '../../src/wire/serve.ts'
import type { StaffAnswers, StaffView } from '../../src/wire/staff-view.ts'
import { chipPhotoAsPng } from './chip-photo.ts'
import { type Decision, type FacesScreen, facesCalls, facesListens, outcomeOf, PIECE, type Which } from './faces-api.ts'
import { isPortrait } from './live-picture.ts'
import { type FaceRequest, FaceRequests } from './requests.ts'

/** Its reader is the staff reader; residents' cards never come here. */
export type FacesPorts = Pick<HostPorts, 'readers' | 'clock' | 'timers' | 'random' | 'settings' | 'backend'>

export class FacesDesk {
  readonly #ports: FacesPorts
  readonly #client: BackendClient
  readonly #cards = new CardDesk()
  readonly #screen: PromptDesk<StaffView, StaffAnswers>
  readonly #requests: FaceRequests
  readonly #closing = new AbortController()
  readonly #watchers = new Set<() => void>()
  readonly #settled: Promise<unknown>
  #attending: { readonly session: StaffSession; readonly over: () => void } | undefined

  /** Throws RangeError where no reader for staff cards is named. */
  constructor(ports: FacesPorts, patience: Patience = STAFF_PATIENCE) {
    const { backend: endpoints, clock, timers, random, readers, settings } = ports
    if (settings.staffReader === undefined) throw new RangeError('who compares faces signs in at a reader for staff')
    this.#ports = ports
    this.#client = new BackendClient({ endpoints, clock, timers, random, terminal: settings.terminal })
    this.#screen = new PromptDesk(STAFF, clock, timers, patience, { kind: 'signIn' })
    this.#requests = new FaceRequests(ports)
    const { signal: closing } = this.#closing
    const reception = new Reception({ screen: this.#screen, cards: this.#cards, client: this.#client, closing })
    this.#settled = Promise.all([
      this.#cards.follow(oneReader(readers, settings.staffReader), closing),
      reception.serve((session) => this.#attend(session)),
    ])
  }

  /** For the halls of the phones. */
  get check(): NonNullable<HostPorts['face']> {
    return {
      how: 'visualCheck',
      compare: async (photo, live, signal) => {
        if (!isPortrait(live)) return undefined
        const png = await chipPhotoAsPng(photo)
        if (png === undefined) return undefined
        const looked = await this.#requests.ask(png, live, signal)
        if (looked === undefined) return undefined
        const { operator: decidedBy, token: session } = looked.by
        return { method: 'visualCheck', ...outcomeOf(looked.decision), decidedBy, session }
      },
    }
  }

  get service(): Service {
    return {
      calls: {
        answer: answering(this.#screen),
        signOut: {
          input: facesCalls.signOut.input,
          handle: async () => {
            this.#mustBeSignedIn()
            this.#attending?.over()
            return {}
          },
        },
        picture: {
          input: facesCalls.picture.input,
          handle: async ({ request, which, from }: { request: number; which: Which; from: number }) => {
            this.#mustBeSignedIn()
            const first = this.#requests.first
            if (first?.id !== request) throw new ChannelError('stalePrompt')
            // A copy, whatever it is a view of: what is answered is zeroed.
            return new Uint8Array(first[which].subarray(from, from + PIECE))
          },
        },
        decide: {
          input: facesCalls.decide.input,
          handle: async ({ request, decision }: { request: number; decision: Decision }) => {
            const by = this.#mustBeSignedIn()
            if (!this.#requests.decide(request, { decision, by })) throw new ChannelError('stalePrompt')
            return {}
          },
        },
      },
      listens: { screen: { input: facesListens.screen.input, handle: (_: unknown, signal) => this.#screens(signal) } },
    }
  }

  /** Whoever is signed in is signed out. Requests end with the halls that made them. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#settled
  }

  #mustBeSignedIn(): StaffSession {
    if (this.#attending === undefined) throw new ChannelError('staffSignedOut')
    return this.#attending.session
  }

  /** Until their card leaves the reader, they sign out, the session runs out, or the desk closes. */
  async #attend(session: StaffSession): Promise<EndOfAttendance> {
    const { clock, timers } = this.#ports
    const { promise, resolve } = Promise.withResolvers<EndOfAttendance['problem']>()
    const over = () => resolve(undefined)
    const stopExpiry = timers.after(Math.max(0, session.expiresAt - clock.now()), () => resolve('staffSignedOut'))
    const ends = [session.card.alive, this.#closing.signal]
    for (const end of ends) end.addEventListener('abort', over, { once: true })
    if (ends.some(({ aborted }) => aborted)) over()
    this.#attending = { session, over }
    // What is seen again when they leave; and whoever watches hears of it.
    this.#screen.show({ kind: 'signIn' })
    const problem = await promise
    this.#attending = undefined
    this.#changed()
    stopExpiry()
    for (const end of ends) end.removeEventListener('abort', over)
    await endSession({ client: this.#client, timers }, session)
    return { card: session.card, problem }
  }

  async *#screens(signal: AbortSignal): AsyncGenerator<FacesScreen> {
    const inbox = new Inbox<FacesScreen>()
    const put = () => inbox.put(this.#shown)
    const end = () => inbox.end()
    this.#watchers.add(put)
    // The prompt desk calls at once with what is on it: the first screen.
    const stops = [this.#screen.watch(put), this.#requests.watch(put), () => this.#watchers.delete(put)]
    signal.addEventListener('abort', end, { once: true })
    try {
      if (!signal.aborted) yield* inbox.values()
    } finally {
      for (const stop of stops) stop()
      signal.removeEventListener('abort', end)
    }
  }

  get #shown(): FacesScreen {
    if (this.#attending === undefined) return { at: 'signIn', screen: this.#screen.screen }
    const { first, count } = this.#requests
    const { name } = this.#attending.session
    return { at: 'desk', operator: name, waiting: count, ...(first && { look: this.#look(first) }) }
  }

  #look({ id, until, photo, live }: FaceRequest) {
    const secondsLeft = Math.max(0, Math.ceil((until - this.#ports.clock.now()) / 1000))
    return { request: id, secondsLeft, photo: photo.length, live: live.length }
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }
}
