/** The signer's side: requests answered with the keys that only this process has. */
import { EMPTY } from '../../base/bytes.ts'
import type { MasterCmac } from './card-keys.ts'
import type { KeyStore } from './key-store.ts'
import { type Frame, keyBody, takeAlgorithm, takeId, unavailable, VERB } from './signer-frames.ts'

/** Everything secret that a backend works with. */
export interface Secrets {
  readonly keys: KeyStore
  readonly cardMaster: MasterCmac
}

/**
 * The reply to one request. What cannot be done now, whatever the reason, is `unavailable`: a core then burns the serial and asks again.
 * Undefined for a frame that is no request: the connection is not worth keeping.
 */
export async function signerReply(
  { keys, cardMaster }: Secrets,
  { id, verb, body }: Frame,
): Promise<Frame | undefined> {
  const done = (reply: Uint8Array): Frame => ({ id, verb: VERB.done, body: reply })
  const work = async (): Promise<Frame | undefined> => {
    if (verb === VERB.cmac) return done(await cardMaster(body))
    const [algorithm, rest] = takeAlgorithm(body) ?? []
    if (algorithm === undefined || rest === undefined) return undefined
    if (verb === VERB.generate) {
      if (rest.length > 0) return undefined
      const made = await keys.generate(algorithm)
      return done(keyBody(made.id, made.publicKey))
    }
    const [key, bytes] = takeId(rest) ?? []
    if (verb !== VERB.sign || key === undefined || bytes === undefined) return undefined
    return done(await keys.sign({ id: key, algorithm, publicKey: EMPTY }, bytes))
  }
  return work().catch(() => unavailable(id))
}
