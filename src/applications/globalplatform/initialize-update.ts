/** INITIALIZE UPDATE and EXTERNAL AUTHENTICATE (SCP03 7.1.1, 7.1.2): the two commands that open a secure channel. */
import { command } from '../../card/command.ts'
import { sameMac } from './aes.ts'
import { type GpCommand, gpCommand } from './gp-command.ts'
import { GpError } from './gp-error.ts'
import type { KeySet } from './key-set.ts'
import { cryptograms, sessionKeys } from './scp03-derivation.ts'
import { authenticating, LEVEL, OPTION, type SecurityLevel, type SessionState, wrap } from './scp03-session.ts'

export interface CardGreeting {
  /** Ten bytes that name the card for key diversification. */
  readonly identification: Uint8Array
  readonly keyVersion: number
  /** Implementation options `i`, bits of `OPTION`. */
  readonly options: number
  readonly challenge: Uint8Array
  readonly cryptogram: Uint8Array
  /** Three bytes, with pseudo-random challenges only. */
  readonly sequenceCounter?: Uint8Array
}

const SECTION = 'SCP03 7.1.1'
const INITIALIZE_UPDATE = {
  name: 'INITIALIZE UPDATE',
  section: SECTION,
  ins: 0x50,
  meanings: [
    [0x6a88, 'no complete key set of this version', 'Give the key version of a set the card has (`info` lists them).'],
    [
      0x6985,
      'the card refuses for now after wrong keys, or the sequence counter of the key set is exhausted',
      'Make sure of the keys and try again; if it persists, use another key set.',
    ],
    [0x6982, 'the card refuses to open a channel now', 'Wait and try again: wrong keys were presented before.'],
  ],
} as const

/** `hostChallenge` of 8 bytes, for an S16 card 16; `version` 00 leaves the choice to the card. */
export const initializeUpdate = (version: number, hostChallenge: Uint8Array): GpCommand<CardGreeting> =>
  gpCommand(INITIALIZE_UPDATE, version, 0x00, { data: hostChallenge, ne: 0x100 }, ({ data }) =>
    parseGreeting(data, hostChallenge.length),
  )

/** Ten bytes ‖ version ‖ 03 ‖ i ‖ challenge ‖ cryptogram ‖ [counter]; `size` bytes of challenge. Undefined for another protocol. */
export function parseGreeting(data: Uint8Array, size: number): CardGreeting | undefined {
  const options = data[12]
  if (options === undefined || data[11] !== 0x03 || (options & OPTION.S16 ? 16 : 8) !== size) return undefined
  const counterAt = 13 + 2 * size
  const pseudoRandom = (options & OPTION.PSEUDO_RANDOM) !== 0
  if (data.length !== counterAt + (pseudoRandom ? 3 : 0)) return undefined
  return {
    identification: data.slice(0, 10),
    keyVersion: data[10] as number,
    options,
    challenge: data.slice(13, 13 + size),
    cryptogram: data.slice(13 + size, counterAt),
    ...(pseudoRandom && { sequenceCounter: data.slice(counterAt) }),
  }
}

const EXTERNAL_AUTHENTICATE = {
  name: 'EXTERNAL AUTHENTICATE',
  section: 'SCP03 7.1.2',
  meanings: [
    [
      0x6300,
      'the card does not accept the host cryptogram',
      'The keys are not this card’s; too many tries slow the card down.',
    ],
    [0x6982, 'the card does not accept the MAC', 'The keys are not this card’s; too many tries slow the card down.'],
    [0x6985, 'no INITIALIZE UPDATE came before', 'Start again; another program may be using the card.'],
  ],
} as const

export interface Authentication {
  /** EXTERNAL AUTHENTICATE, MACed and complete with its channel; its answer carries no R-MAC. */
  readonly apdu: Uint8Array
  readonly gp: GpCommand<true>
  /** The session once the card has answered 9000. */
  readonly session: SessionState
}

/**
 * Checks the card's cryptogram and answers it. Throws `GpError`: `untrusted` when the cryptogram is not from these
 * keys, `unsupported` when the card's `i` does not offer the level.
 */
export function authenticate(
  keys: Pick<KeySet, 'enc' | 'mac'>,
  hostChallenge: Uint8Array,
  card: CardGreeting,
  level: SecurityLevel,
  channel = 0,
): Authentication {
  requireLevel(card.options, level)
  const session = sessionKeys(keys, hostChallenge, card.challenge)
  const expected = cryptograms(session.mac, hostChallenge, card.challenge)
  if (!sameMac(expected.card, card.cryptogram))
    throw new GpError({
      kind: 'untrusted',
      what: 'card cryptogram',
      section: 'SCP03 6.2.2',
      advice: 'These are not the card’s keys. Nothing was sent that the card counts as a failed try.',
    })
  const apdu = command(0x80, 0x82, level, 0x00, { data: expected.host })
  const wrapped = wrap(authenticating(session, hostChallenge.length, channel), apdu)
  return {
    apdu: wrapped.apdu,
    gp: { ...EXTERNAL_AUTHENTICATE, accepts: [], apdu, parse: () => true },
    session: { ...wrapped.next, level },
  }
}

/** Everything the card can protect. */
export const bestLevel = (options: number): SecurityLevel =>
  options & OPTION.R_ENCRYPTION ? 0x33 : options & OPTION.R_MAC ? 0x13 : 0x03

function requireLevel(options: number, level: SecurityLevel): void {
  const needs = (level & LEVEL.R_MAC ? OPTION.R_MAC : 0) | (level & LEVEL.R_ENCRYPTION ? OPTION.R_ENCRYPTION : 0)
  if ((options & needs) === needs) return
  const two = (value: number) => value.toString(16).padStart(2, '0')
  throw new GpError({
    kind: 'unsupported',
    what: `security level ${two(level)} (its options i are ${two(options)})`,
    section: 'SCP03 table 5-1',
    advice: 'Choose a lower level.',
  })
}
