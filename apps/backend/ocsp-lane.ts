/**
 * The short way for OCSP by GET (decision 0142). Most of these requests are, to the byte, ones that were asked before, and most of what they
 * cost is taking HTTP apart. So each connection is looked at before node:http sees it: a chunk that is one whole request in its plainest
 * form is answered from bytes made ready, anything else – and all that follows on that connection – goes to node:http untouched.
 *
 * Bytes made ready are given again within the same second and only while nothing at all was committed: the state behind every answer
 * is the committed one (rule 12).
 */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { OcspResponder } from '../../src/backend/status/ocsp.ts'
import type { Clock } from '../../src/base/clock.ts'
import { ocspHeaders, ocspRequestIn } from './ocsp-door.ts'

export interface OcspLaneOptions {
  readonly responder: OcspResponder
  readonly clock: Clock
  /** Rises with every commit; undefined where others commit too, then nothing is given twice without looking. */
  readonly changes: () => number | undefined
  /** Takes a place among those who are served at once; throws when there is none. */
  readonly enter: () => () => void
  /** Told of every answer. */
  readonly answered: () => void
}

interface Ready {
  readonly request: Uint8Array
  readonly bytes: Uint8Array
  readonly second: number
  readonly changes: number | undefined
}

const MOST_READY = 10_000
const LONGEST_HEAD = 4_096
/** A connection that asked nothing for as long as this, at most twice, is closed; as node:http does. */
const IDLE_MS = 5_000

const REQUEST_LINE = /^GET (\/ocsp\/[\x21-\x7e]+) HTTP\/1\.1$/
const HEADER = /^([A-Za-z-]+): ?([\x20-\x7e]*)$/
/** Headers that change nothing. A request with any other one is for node:http. */
const PLAIN = new Set(['host', 'user-agent', 'accept', 'accept-encoding', 'accept-language', 'cache-control', 'pragma'])

/** The address in a request head that is nothing but a plain GET for OCSP, ended by its empty line; undefined for any other bytes. */
export function plainOcspGet(head: string): string | undefined {
  if (head.length > LONGEST_HEAD || !head.endsWith('\r\n\r\n')) return undefined
  const [first = '', ...lines] = head.slice(0, -4).split('\r\n')
  const seen = new Set<string>()
  for (const line of lines) {
    const [, name = '', value = ''] = HEADER.exec(line) ?? []
    const known = name.toLowerCase()
    const plain = PLAIN.has(known) || (known === 'connection' && value.toLowerCase() === 'keep-alive')
    if (!plain || seen.has(known)) return undefined
    seen.add(known)
  }
  return seen.has('host') ? REQUEST_LINE.exec(first)?.[1] : undefined
}

/** Puts the lane before what `server` does with connections. */
export function ocspLane(server: Server, { responder, clock, changes, enter, answered }: OcspLaneOptions) {
  const ready = new Map<string, Ready>()
  const open = new Set<Lane>()
  const others = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => open.add(lane(socket)))

  interface Lane {
    readonly socket: Socket
    busy: boolean
    silent: boolean
  }

  function lane(socket: Socket): Lane {
    const own: Lane = { socket, busy: false, silent: false }
    const listeners = {
      data: (chunk: Buffer) => asked(own, chunk, leave),
      end: () => own.busy || socket.end(),
      drain: () => own.busy || socket.resume(),
      error: () => socket.destroy(),
      close: () => open.delete(own),
    }
    for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener)
    const leave = (chunk: Buffer): void => {
      if (!open.delete(own)) return
      // Nothing can be put back where the end was read already.
      if (socket.readableEnded) {
        socket.destroy()
        return
      }
      for (const [event, listener] of Object.entries(listeners)) socket.off(event, listener)
      socket.pause()
      socket.unshift(chunk)
      for (const other of others) other.call(server, socket)
      socket.resume()
    }
    return own
  }

  function asked(own: Lane, chunk: Buffer, leave: (chunk: Buffer) => void): void {
    own.silent = false
    const head = chunk.toString('latin1')
    const known = ready.get(head)
    const now = changes()
    if (known !== undefined && now !== undefined && known.changes === now && known.second === secondOf(clock)) {
      give(own, known.bytes)
      return
    }
    const address = known === undefined ? plainOcspGet(head) : ''
    const request = known?.request ?? (address === undefined ? undefined : ocspRequestIn(address))
    const left = request === undefined ? undefined : placeFor(enter)
    if (request === undefined || left === undefined) {
      leave(chunk)
      return
    }
    own.busy = true
    own.socket.pause()
    makeReady(head, request)
      .finally(() => {
        own.busy = false
        left()
      })
      .then(
        (bytes) => {
          if (give(own, bytes)) own.socket.resume()
        },
        () => leave(chunk),
      )
  }

  async function makeReady(head: string, request: Uint8Array): Promise<Uint8Array> {
    // Both are noted before the state is read: what is committed meanwhile makes these bytes old at once.
    const [seen, second] = [changes(), secondOf(clock)]
    const reply = await responder.answer(request)
    const bytes = withHead(reply, second)
    ready.delete(head)
    if (reply.maxAge === 0) return bytes
    ready.set(head, { request, bytes, second, changes: seen })
    const [oldest] = ready.keys()
    if (ready.size > MOST_READY && oldest !== undefined) ready.delete(oldest)
    return bytes
  }

  /** False: whoever asked does not read; nothing more is taken from him until he does. */
  function give({ socket }: Lane, bytes: Uint8Array): boolean {
    answered()
    const taken = socket.write(bytes)
    // Who asks nothing more gets what he asked for before.
    if (closing || socket.readableEnded) socket.end()
    else if (!taken) socket.pause()
    return taken
  }

  const sweep = setInterval(() => {
    for (const own of open) {
      if (own.silent && !own.busy) own.socket.destroy()
      own.silent = true
    }
  }, IDLE_MS).unref()
  let closing = false
  return {
    /** Ends every connection that has its answer, and the others after it. */
    close() {
      closing = true
      clearInterval(sweep)
      for (const { socket, busy } of open) if (!busy) socket.end()
    },
    /** Ends them all now. */
    cut() {
      for (const { socket } of open) socket.destroy()
    },
  }
}

/** Undefined: there is no room. */
function placeFor(enter: () => () => void): (() => void) | undefined {
  try {
    return enter()
  } catch {
    return undefined
  }
}

const secondOf = (clock: Clock): number => Math.floor(clock.now() / 1000)

/** One reply with its head, as node:http would write it. */
function withHead(reply: { readonly bytes: Uint8Array; readonly maxAge: number }, second: number): Uint8Array {
  const headers = {
    ...ocspHeaders(reply),
    Date: new Date(second * 1000).toUTCString(),
    Connection: 'keep-alive',
    'Keep-Alive': `timeout=${IDLE_MS / 1000}`,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${lines.join('')}\r\n`, 'latin1'), reply.bytes])
}
