/**
 * The thread that holds the PC/SC binding. Several of its calls block – a reset of the card by another program, a mute card –
 * and must not stop the program's own thread.
 */
import { parentPort } from 'node:worker_threads'
import { type CardInterface, Context, type ContextInterface, type ReaderInterface } from 'smartcard'
import type { BindingCalls, BindingReply, BindingRequest, RawConnection, RawReader } from './binding-calls.ts'

/** Extended length: 65,536 bytes and the status word. */
const LONGEST_ANSWER = 0x10000 + 2
/** Announces that the list of readers changed. */
const LIST_OF_READERS = '\\\\?PnP?\\Notification'
const STATE_CHANGED = 0x02

interface Open {
  readonly context: ContextInterface
  readonly reader: ReaderInterface
  card: CardInterface
  /** The calls of one card, one after the other. */
  last: Promise<unknown>
}

const waits = new Map<number, ContextInterface>()
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

function inTurn<T>(id: number, call: (card: CardInterface, open: Open) => Promise<T> | T): Promise<T> {
  const open = connections.get(id)
  if (open === undefined) return Promise.reject(new Error('Invalid handle'))
  const result = open.last.then(() => call(open.card, open))
  open.last = result.catch(() => {})
  return result
}

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

  async wait(watch, known, milliseconds) {
    const context = waits.get(watch) ?? new Context()
    waits.set(watch, context)
    const readers = [...known.map(({ name, state }) => ({ name, state })), { name: LIST_OF_READERS, state: 0 }]
    try {
      // The binding reads `name` and `state` alone.
      await context.waitForChange(readers as unknown as ReaderInterface[], milliseconds)
    } catch (error) {
      await calls.endWait(watch)
      throw error
    }
  },

  async endWait(watch) {
    const context = waits.get(watch)
    waits.delete(watch)
    try {
      context?.cancel()
    } finally {
      context?.close()
    }
  },

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
    inTurn(id, async (card, open) => {
      card.disconnect(disposition)
      open.card = await open.reader.connect(share, protocols)
      return rawConnection(id, open.card)
    }),

  disconnect: (id, disposition) => {
    const open = connections.get(id)
    const done = inTurn(id, (card) => card.disconnect(disposition))
    connections.delete(id)
    return done.finally(() => open?.context.close())
  },
}

parentPort?.on('message', async ({ call, name, args }: BindingRequest) => {
  let reply: BindingReply
  try {
    reply = { call, value: await (calls[name] as (...args: readonly unknown[]) => unknown)(...args) }
  } catch (error) {
    reply = { call, error: error instanceof Error ? error.message : String(error) }
  }
  parentPort?.postMessage(reply)
})
parentPort?.postMessage('loaded')
