/** Waiting for what lies on a reader to become something else. */
import type { CardDesk, OnReader } from '../card-desk.ts'

/** What `look` makes of the reader as soon as it makes something of it. Rejects with the signal's reason. */
export function onReader<T>(
  cards: CardDesk,
  signal: AbortSignal,
  look: (there: OnReader) => T | undefined,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const onChange = () => {
    const found = look(cards.current)
    if (found !== undefined) resolve(found)
  }
  const stopped = () => reject(signal.reason)
  const stopWatching = cards.watch(onChange)
  signal.addEventListener('abort', stopped, { once: true })
  if (signal.aborted) stopped()
  onChange()
  return promise.finally(() => {
    stopWatching()
    signal.removeEventListener('abort', stopped)
  })
}
