/**
 * What a card will answer to INITIALIZE UPDATE (rule 11): with pseudo-random challenges it follows from the sequence counter (SCP03 6.2.2.1), so
 * that a whole script can be prepared before the card was asked anything. A guess that is wrong costs nothing: the relay compares the
 * answer and stops, and the answer it got is as good as any.
 */
import type { CardGreeting } from '../../applications/globalplatform/initialize-update.ts'
import type { KeySet } from '../../applications/globalplatform/key-set.ts'
import { cryptograms, pseudoRandomChallenge, sessionKeys } from '../../applications/globalplatform/scp03-derivation.ts'
import { concat, toUint, uint } from '../../base/bytes.ts'
import { fromHex, hex } from '../../base/hex.ts'
import { CARD_KEY_VERSION } from '../keys/card-keys.ts'
import { type Reads, type Row, type Store, UniqueViolation } from '../store/store.ts'

interface ChannelRow extends Row {
  readonly aid: string
  readonly options: number
  readonly counter: number
  readonly identification: string
}

const CHALLENGE = 8
const SCP03 = 0x03
const LAST_COUNTER = 0xffffff

/** The channel that this card opened last with its own keys, to this domain. */
export const lastChannel = (store: Reads, card: string, domain: Uint8Array): Promise<ChannelRow | undefined> =>
  store.get<ChannelRow>(
    `SELECT aid, options, counter, identification FROM card_channel JOIN card_chip ON card_chip.card = card_channel.card
     WHERE card_channel.card = ? AND domain = ?`,
    card,
    hex(domain),
  )

/** The greeting that comes next, as these keys make it; undefined when the counter is at its end. */
export function foreseen(last: ChannelRow, keys: KeySet, hostChallenge: Uint8Array): CardGreeting | undefined {
  if (last.counter >= LAST_COUNTER) return undefined
  const sequenceCounter = uint(last.counter + 1, 3)
  const challenge = pseudoRandomChallenge(keys.enc, sequenceCounter, fromHex(last.aid), CHALLENGE)
  const session = sessionKeys(keys, hostChallenge, challenge)
  return {
    identification: fromHex(last.identification),
    keyVersion: CARD_KEY_VERSION,
    options: last.options,
    challenge,
    cryptogram: cryptograms(session.mac, hostChallenge, challenge).card,
    sequenceCounter,
  }
}

/** The response that this greeting is, status word included. */
export const greetingBytes = ({ identification, keyVersion, options, ...rest }: CardGreeting): Uint8Array =>
  concat(
    identification,
    Uint8Array.of(keyVersion, SCP03, options),
    ...[rest.challenge, rest.cryptogram, rest.sequenceCounter ?? new Uint8Array(0), uint(0x9000, 2)],
  )

/** Keeps what the next greeting follows from. A hint: nothing depends on it. */
export async function remember(
  store: Store,
  card: string,
  domain: Uint8Array,
  aid: Uint8Array,
  { options, sequenceCounter }: CardGreeting,
): Promise<void> {
  if (sequenceCounter === undefined) return
  const values = [hex(aid), options, toUint(sequenceCounter), card, hex(domain)] as const
  const noted = store.transaction(async (tx) => {
    const update = 'UPDATE card_channel SET aid = ?, options = ?, counter = ? WHERE card = ? AND domain = ?'
    if ((await tx.run(update, ...values)) === 0)
      await tx.run('INSERT INTO card_channel (aid, options, counter, card, domain) VALUES (?, ?, ?, ?, ?)', ...values)
  })
  await noted.catch((error: unknown) => {
    // Another backend heard the same report and noted the same.
    if (!(error instanceof UniqueViolation)) throw error
  })
}
