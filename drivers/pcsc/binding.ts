/** The driver's end of the thread that holds the PC/SC binding. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { BindingCalls, BindingReply, BindingRequest } from './binding-calls.ts'

/** A call of the binding failed. The message is the binding's own sentence. */
export class BindingError extends Error {
  override readonly name = 'BindingError'
}

/** The binding is not on this machine: real readers cannot be used, everything else can. */
export class BindingMissing extends Error {
  override readonly name = 'BindingMissing'
  readonly code = 'pcscBindingMissing'
  constructor(options: ErrorOptions) {
    super('the PC/SC binding (npm package smartcard) is not built here, so real readers cannot be used', options)
  }
}

let started: Promise<BindingCalls> | undefined

/**
 * The thread, started at the first call and kept: the binding keeps its classes in static variables, so a process may load it in
 * one thread once. Rejects with `BindingMissing`.
 */
export function openBinding(): Promise<BindingCalls> {
  started ??= start()
  return started
}

async function start(): Promise<BindingCalls> {
  // Else pcsc-lite's library waits by itself, without end, for a card that another program holds.
  process.env['PCSCLITE_NO_BLOCKING'] = '1'
  const file = `./binding-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`
  const worker = new Worker(new URL(file, import.meta.url))
  try {
    // Its first message says that the binding is loaded.
    await once(worker, 'message')
  } catch (cause) {
    throw new BindingMissing({ cause })
  }
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let lastCall = 0

  worker.on('message', (reply: BindingReply) => {
    const waiter = waiting.get(reply.call)
    waiting.delete(reply.call)
    if (waiting.size === 0) worker.unref()
    if ('error' in reply) waiter?.reject(new BindingError(reply.error))
    else waiter?.resolve(reply.value)
  })
  worker.unref()

  function call(name: keyof BindingCalls, args: readonly unknown[]): Promise<unknown> {
    const waiter = Promise.withResolvers<unknown>()
    const request: BindingRequest = { call: ++lastCall, name, args }
    waiting.set(request.call, waiter)
    // An answer still to come keeps the program alive; an idle thread does not.
    worker.ref()
    worker.postMessage(request)
    return waiter.promise
  }
  const named = <Name extends keyof BindingCalls>(name: Name) =>
    ((...args: readonly unknown[]) => call(name, args)) as BindingCalls[Name]

  return {
    list: named('list'),
    wait: named('wait'),
    endWait: named('endWait'),
    connect: named('connect'),
    transmit: named('transmit'),
    control: named('control'),
    checkStatus: named('checkStatus'),
    reconnect: named('reconnect'),
    reopen: named('reopen'),
    disconnect: named('disconnect'),
  }
}
