/** A connection to a PKCS#11 token: several sessions, each with one operation at a time; lost and found again as the device is. */
import type * as Graphene from 'graphene-pk11'
import { StoreRefused } from '../store/store.ts'
import { SigningUnavailable } from './key-store.ts'

export interface TokenPlace {
  /** The device's PKCS#11 library: `/usr/lib/softhsm/libsofthsm2.so`. */
  readonly library: string
  /** Label of the token. */
  readonly token: string
  readonly pin: string
  /** Operations at once; more of them wait. */
  readonly sessions?: number
}

export interface Token {
  readonly graphene: typeof Graphene
  /**
   * Gives `work` a session that is logged in, alone. When it fails, the connection is made anew and `work` done once more, so it must
   * be something that may happen twice. Throws `SigningUnavailable`; a device that is away is looked for once a second.
   */
  use<T>(work: (session: Graphene.Session) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** PKCS#11 2.40, 4.4: the library locks for itself. Without it several sessions on several threads crash the process. */
const CKF_OS_LOCKING_OK = 0x02
const SESSIONS = 4
/** An operation that takes longer will not come back. */
const DEADLINE_MS = 10_000
const TRY_AGAIN_MS = 1_000

interface Connection {
  readonly idle: Graphene.Session[]
  readonly waiting: ((session: Graphene.Session) => void)[]
  readonly settled: Set<Promise<unknown>>
  readonly finalize: () => void
}

/** Loads the library; the device itself is asked at the first use. Throws `StoreRefused` with a sentence for the operator. */
export async function pkcs11Token(place: TokenPlace): Promise<Token> {
  const graphene = await import('graphene-pk11').catch((): never => {
    throw new StoreRefused(
      'The PKCS#11 binding (graphene-pk11) is not installed or not built; see src/backend/keys/README.md.',
    )
  })
  const load = (): Graphene.Module => {
    try {
      return graphene.Module.load(place.library)
    } catch {
      throw new StoreRefused(`The PKCS#11 library ${place.library} cannot be loaded.`)
    }
  }
  const library = load()
  let current: Promise<Connection> | undefined
  let lost: Promise<void> = Promise.resolve()
  let failedAt = Number.NEGATIVE_INFINITY

  async function connect(): Promise<Connection> {
    await lost
    library.initialize({ flags: CKF_OS_LOCKING_OK })
    const finalize = () => {
      try {
        library.finalize()
      } catch {
        // A device that is gone cannot be told goodbye.
      }
    }
    try {
      const slots = library.getSlots(true)
      const slot = Array.from({ length: slots.length }, (_, i) => slots.items(i)).find(
        (candidate) => candidate.getToken().label === place.token,
      )
      if (slot === undefined) throw new SigningUnavailable(`no token with the label ${place.token}`)
      const { RW_SESSION, SERIAL_SESSION } = graphene.SessionFlag
      const idle = Array.from({ length: place.sessions ?? SESSIONS }, () => slot.open(RW_SESSION | SERIAL_SESSION))
      // Logged in once, for all sessions of this process with the token.
      idle[0]?.login(place.pin)
      return { idle, waiting: [], settled: new Set(), finalize }
    } catch (error) {
      finalize()
      throw error
    }
  }

  function connection(): Promise<Connection> {
    if (current !== undefined) return current
    if (performance.now() - failedAt < TRY_AGAIN_MS) return Promise.reject(new SigningUnavailable('the token is away'))
    const made = connect()
    current = made
    made.catch(() => {
      failedAt = performance.now()
      if (current === made) current = undefined
    })
    return made
  }

  /** No new work goes to this connection; it ends when what still runs in it has ended. */
  function drop(gone: Connection): void {
    current = undefined
    lost = Promise.allSettled([...gone.settled]).then(gone.finalize)
  }

  async function run<T>(work: (session: Graphene.Session) => Promise<T>): Promise<T> {
    const made = connection()
    const own = await made
    const session = own.idle.pop() ?? (await new Promise<Graphene.Session>((resolve) => own.waiting.push(resolve)))
    if (current !== made) {
      own.waiting.shift()?.(session)
      throw new SigningUnavailable('the token was lost')
    }
    const working = work(session)
    own.settled.add(working)
    try {
      return await working
    } catch (error) {
      if (current === made) drop(own)
      throw error
    } finally {
      own.settled.delete(working)
      const next = own.waiting.shift()
      if (next === undefined) own.idle.push(session)
      else next(session)
    }
  }

  return {
    graphene,
    async use(work) {
      try {
        return await inTime(run(work).catch(() => run(work)))
      } catch (error) {
        if (error instanceof SigningUnavailable) throw error
        throw new SigningUnavailable('the token does not do it', { cause: error })
      }
    },
    async close() {
      const open = await current?.catch(() => undefined)
      if (open !== undefined) drop(open)
      await inTime(lost).catch(() => {})
    },
  }
}

/** Throws `SigningUnavailable` when it is too late. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SigningUnavailable('the token does not answer')), DEADLINE_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
