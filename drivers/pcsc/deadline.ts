/** Waiting no longer than agreed. The work itself goes on: PC/SC has no way to stop it. */
import { ReaderError } from '../../src/card/ports.ts'

/** Rejects with `deadline` or `cancelled` when `work` has not settled by then. */
export async function within<T>(
  work: Promise<T>,
  milliseconds: number,
  reader: string,
  signal: AbortSignal | undefined,
): Promise<T> {
  const stop = Promise.withResolvers<never>()
  const cancel = () => stop.reject(new ReaderError({ kind: 'cancelled' }))
  const timer = setTimeout(() => stop.reject(new ReaderError({ kind: 'deadline', reader })), milliseconds)
  signal?.addEventListener('abort', cancel, { once: true })
  if (signal?.aborted === true) cancel()
  work.catch(() => {})
  try {
    return await Promise.race([work, stop.promise])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', cancel)
  }
}
