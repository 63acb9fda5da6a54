/** What is kept of a script session between two calls: sealed in its row, written before a script goes out (rule 10). */

import type { SessionState as ChannelState } from '../../applications/globalplatform/scp03-session.ts'
import { concat, utf8 } from '../../base/bytes.ts'
import { fromHex, hex } from '../../base/hex.ts'
import type { CardScript } from '../../wire/card-script.ts'
import type { Sealer } from '../keys/seal.ts'

/** How the answers to the script that is out are to be read. */
export type Awaited =
  | { readonly kind: 'greeting'; readonly hostChallenge: string }
  /** The card got a key set of its own; the channel is opened anew with it. */
  | { readonly kind: 'takeOver'; readonly expected: readonly ExpectedAnswer[]; readonly keys?: Channel }
  | {
      readonly kind: 'batch'
      readonly name: string
      readonly expected: readonly ExpectedAnswer[]
      /** Steps before the procedure's own: EXTERNAL AUTHENTICATE, and in a prepared script what comes before that. */
      readonly before: number
      /** In a prepared script: what the greeting is checked with when it is another than the foreseen one. */
      readonly hostChallenge?: string
      readonly keys?: Channel
    }

/** `chain` and `counter` check and open the answer; absent for a step outside the channel. */
export interface ExpectedAnswer {
  readonly accepts: readonly number[]
  readonly secured?: { readonly chain: string; readonly counter: number; readonly level: number }
}

export interface Channel {
  readonly enc: string
  readonly mac: string
  readonly rmac: string
  readonly level: number
  readonly macSize: number
  readonly chain: string
  readonly counter: number
}

export interface ScriptState {
  readonly facts: unknown
  readonly channel?: Channel
  readonly awaited?: Awaited
  readonly script?: CardScript
  /** Channels opened so far. */
  readonly channels: number
}

const bound = (session: string) => `script session ${session}`

export const sealState = (sealed: Sealer, session: string, state: ScriptState): Uint8Array =>
  sealed.seal(utf8(JSON.stringify(state)), bound(session))

export const openState = (sealed: Sealer, session: string, bytes: Uint8Array): ScriptState =>
  JSON.parse(Buffer.from(sealed.open(bytes, bound(session))).toString('utf8')) as ScriptState

export const storedChannel = ({ keys, level, macSize, chain, counter }: ChannelState): Channel => ({
  enc: hex(keys.enc),
  mac: hex(keys.mac),
  rmac: hex(keys.rmac),
  level,
  macSize,
  chain: hex(chain),
  counter,
})

export const channelState = ({ enc, mac, rmac, level, macSize, chain, counter }: Channel): ChannelState => ({
  keys: { enc: fromHex(enc), mac: fromHex(mac), rmac: fromHex(rmac) },
  level,
  macSize,
  chain: concat(fromHex(chain)),
  counter,
  channel: 0,
})
