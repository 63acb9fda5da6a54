/** A screen as a stream: as it is now, and every change, until the signal aborts. */
import { Inbox } from '../base/inbox.ts'
import type { PromptDesk, Shown } from './prompt-desk.ts'

export async function* screensOf<V extends { readonly kind: string }, A>(
  prompts: PromptDesk<V, A>,
  signal: AbortSignal,
): AsyncGenerator<Shown<V>> {
  const inbox = new Inbox<Shown<V>>()
  const end = () => inbox.end()
  const stop = prompts.watch((screen) => inbox.put(screen))
  signal.addEventListener('abort', end, { once: true })
  try {
    if (!signal.aborted) yield* inbox.values()
  } finally {
    stop()
    signal.removeEventListener('abort', end)
  }
}
