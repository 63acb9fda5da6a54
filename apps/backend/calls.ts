/** A call as it reaches the domain: who asks, under which idempotency key, and the request as one text. */

import type { Backend } from '../../src/backend/backend.ts'
import type { Actor } from '../../src/backend/context.ts'
import { idempotent, type Request, storedReply } from '../../src/backend/store/idempotency.ts'
import type { Terminal } from '../../src/backend/terminals/terminals.ts'
import type { EndpointInput, EndpointName, EndpointReply } from '../../src/wire/backend-api.ts'

export interface Call {
  readonly terminal: Terminal
  readonly by: Actor
  readonly named: Request
}

/** What does the work, an entry for each endpoint. */
export type Handlers = {
  readonly [N in EndpointName]: (input: EndpointInput<N>, call: Call) => Promise<EndpointReply<N>>
}

/**
 * For work that is the same when done twice: gives the stored reply, else works and stores it. The reply must hold no personal data.
 * Work with more at stake stores its reply in its own transaction.
 */
export async function once<T>({ parts }: Backend, { named }: Call, work: () => Promise<T>): Promise<T> {
  const stored = await parts.store.transaction((tx) => storedReply<T>(tx, named))
  if (stored !== undefined) return stored.reply
  const reply = await work()
  return parts.store.transaction((tx) => idempotent(tx, named, parts.clock.now(), async () => reply))
}
