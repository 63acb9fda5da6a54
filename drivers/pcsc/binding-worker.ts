/**
 * The thread that holds the PC/SC binding. Several of its calls block – a reset of the card by another program, a mute card –
 * and must not stop the program's own thread.
 */
import { parentPort } from 'node:worker_threads'
import { type CardInterface, Context, type ContextInterface, type ReaderInterface } from 'smartcard'
import type { BindingCalls, BindingReply, BindingRequest, RawConnection, RawReader } from './binding-calls.ts'
import { type WaitContext, Waits } from './waits.ts'

/** Extended length: 65,536 bytes and the status word. */
const LONGEST_ANSWER = 0x10000 + 2
/** Announces that the list of readers changed. */
const LIST_OF_READERS = '\\\\?PnP?\\Notification'
const STATE_CHANGED = 0x02

interface Open {
  readonly context: ContextInterface
  readonly reader: ReaderInterface
  /** The binding's sentence where the card was let go and could not be opened again. */
  card: CardInterface | string
  /** The calls of one card, one after the other. */
  last: Promise<unknown>
}

const waits = new Waits(() => new Context() as unknown as WaitContext)
const connections = new Map<number, Open>()
let lastId = 0

const rawReader = ({ name, state, atr }: ReaderInterface): RawReader => ({
  name,
  state: (state & ~STATE_CHANGED) >>> 0,
  atr: Uint8Array.from(atr ?? []),
})

const rawConnection = (id: number, card: CardInterface): RawConnection => ({
  id,
  protocol: card.protocol,
  atr: Uint8Array.from(card.atr ?? []),
})

function after<T>(id: number, call: (open: Open) => Promise<T> | T): Promise<T> {
  const open = connections.get(id)
  if (open === undefined) return Promise.reject(new Error('Invalid handle'))
  const result = open.last.then(() => call(open))
  open.last = result.catch(() => {})
  return result
}

const inTurn = <T>(id: number, call: (card: CardInterface) => Promise<T> | T): Promise<T> =>
  after(id, ({ card }) => {
    if (typeof card === 'string') throw new Error(card)
    return call(card)
  })

/** Secrets pass through here: what was sent is wiped. */
async function thenWipe(bytes: Uint8Array, send: (bytes: Buffer) => Promise<Buffer>): Promise<Uint8Array> {
  const sent = Buffer.from(bytes)
  bytes.fill(0)
  try {
    return Uint8Array.from(await send(sent))
  } finally {
    sent.fill(0)
  }
}

const calls: BindingCalls = {
  async list() {
    const context = new Context()
    try {
      return context.listReaders().map(rawReader)
    } finally {
      context.close()
    }
  },

  // The binding reads `name` and `state` alone.
  wait: (watch, known, milliseconds) =>
    waits.wait(
      watch,
      [...known.map(({ name, state }) => ({ name, state })), { name: LIST_OF_READERS, state: 0 }],
      milliseconds,
    ),

  endWait: (watch) => waits.end(watch),

  async connect(name, share, protocols) {
    const context = new Context()
    try {
      const reader = context.listReaders().find((candidate) => candidate.name === name)
      if (reader === undefined) throw new Error('Unknown reader')
      const card = await reader.connect(share, protocols)
      const id = ++lastId
      connections.set(id, { context, reader, card, last: Promise.resolve() })
      return rawConnection(id, card)
    } catch (error) {
      context.close()
      throw error
    }
  },

  transmit: (id, command) =>
    inTurn(id, (card) => thenWipe(command, (bytes) => card.transmit(bytes, { maxRecvLength: LONGEST_ANSWER }))),

  control: (id, code, data) => inTurn(id, (card) => thenWipe(data, (bytes) => card.control(code, bytes))),

  checkStatus: (id) => inTurn(id, (card) => void card.getStatus()),

  reconnect: (id, share, protocols, initialization) =>
    inTurn(id, async (card) => {
      await card.reconnect(share, protocols, initialization)
      return rawConnection(id, card)
    }),

  reopen: (id, disposition, share, protocols) =>
    after(id, async (open) => {
      if (typeof open.card !== 'string') open.card.disconnect(disposition)
      try {
        open.card = await open.reader.connect(share, protocols)
      } catch (error) {
        open.card = sentenceOf(error)
        throw error
      }
      return rawConnection(id, open.card)
    }),

  disconnect: (id, disposition) => {
    const open = connections.get(id)
    const done = after(id, ({ card }) => {
      if (typeof card !== 'string') card.disconnect(disposition)
    })
    connections.delete(id)
    return done.finally(() => open?.context.close())
  },
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

parentPort?.on('message', async ({ call, name, args }: BindingRequest) => {
  let reply: BindingReply
  try {
    reply = { call, value: await (calls[name] as (...args: readonly unknown[]) => unknown)(...args) }
  } catch (error) {
    reply = { call, error: sentenceOf(error) }
  }
  parentPort?.postMessage(reply)
})
parentPort?.postMessage('loaded')
