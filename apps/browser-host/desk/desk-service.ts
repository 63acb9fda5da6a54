/** The desk as its page is served. */
import { setTimeout } from 'node:timers/promises'
import { Inbox } from '../../../src/base/inbox.ts'
import type { CallHandler, Service } from '../../../src/wire/serve.ts'
import type { TestReaders } from '../../testkit/testkit.ts'
import type { Desk } from './desk.ts'
import { type DeskState, deskCalls, deskListens } from './desk-api.ts'

/** Readers write their trace on the fast path and tell nobody; the desk looks this often. */
const LOOK_MS = 200
/** So many fit into a packet. */
const MOST = 200

interface AtReader {
  readonly reader: string
}

interface OnOrOff extends AtReader {
  readonly on: boolean
}

export function deskService(desk: Desk, readers: TestReaders): Service {
  const call = <Input>(input: CallHandler['input'], work: (input: Input) => unknown): CallHandler => ({
    input,
    handle: async (given: Input) => {
      await work(given)
      return {}
    },
  })
  return {
    calls: {
      lay: call<AtReader & { card: string }>(deskCalls.lay.input, ({ card, reader }) => desk.lay(card, reader)),
      take: call<AtReader>(deskCalls.take.input, ({ reader }) => desk.take(reader)),
      pull: call<OnOrOff>(deskCalls.pull.input, ({ reader, on }) => desk.pull(reader, on)),
      cutPower: call<OnOrOff>(deskCalls.cutPower.input, ({ reader, on }) => desk.cutPower(reader, on)),
      plug: call<OnOrOff>(deskCalls.plug.input, ({ reader, on }) => desk.plug(reader, on)),
      slow: call<OnOrOff>(deskCalls.slow.input, ({ reader, on }) => desk.slow(reader, on)),
      remember: call<AtReader>(deskCalls.remember.input, ({ reader }) => desk.remember(reader)),
      goBack: call<AtReader>(deskCalls.goBack.input, ({ reader }) => desk.goBack(reader)),
    },
    listens: {
      state: { input: deskListens.state.input, handle: (_: unknown, signal) => states(desk, signal) },
      commands: { input: deskListens.commands.input, handle: (_: unknown, signal) => commands(readers, signal) },
    },
  }
}

async function* states(desk: Desk, signal: AbortSignal): AsyncGenerator<DeskState> {
  const inbox = new Inbox<DeskState>()
  const stop = desk.watch(() => inbox.put(desk.state))
  const end = () => inbox.end()
  signal.addEventListener('abort', end, { once: true })
  try {
    yield desk.state
    if (!signal.aborted) yield* inbox.values()
  } finally {
    stop()
    signal.removeEventListener('abort', end)
  }
}

async function* commands(readers: TestReaders, signal: AbortSignal): AsyncGenerator<readonly object[]> {
  let from = readers.trace().at(-1)?.number ?? -1
  while (!signal.aborted) {
    const seen = readers.trace(undefined, from + 1)
    from = seen.at(-1)?.number ?? from
    for (let at = 0; at < seen.length; at += MOST) yield seen.slice(at, at + MOST)
    await setTimeout(LOOK_MS, undefined, { signal, ref: false }).catch(() => {})
  }
}
