/** An open SCP03 channel: the topmost layer, which wraps every command and checks every response. */
import { equal } from '../../base/bytes.ts'
import type { RandomSource } from '../../base/clock.ts'
import {
  type Command,
  command,
  decodeCommand,
  decodeResponse,
  encodeCommand,
  encodeResponse,
} from '../../card/command.ts'
import type { Transmit } from '../../card/layers/layer.ts'
import { BLOCK, wipeKey } from './aes.ts'
import { onChannel } from './class-byte.ts'
import { readAnswer } from './gp-command.ts'
import { GpError } from './gp-error.ts'
import { authenticate, bestLevel, type CardGreeting, initializeUpdate } from './initialize-update.ts'
import type { KeySet } from './key-set.ts'
import { pseudoRandomChallenge } from './scp03-derivation.ts'
import { LEVEL, type SecurityLevel, type SessionState, unwrap, wrap } from './scp03-session.ts'

export interface ChannelOptions {
  readonly transmit: Transmit
  /** The card's keys, or a way to them from the card's identification (diversified sets). */
  readonly keys: KeySet | ((card: CardGreeting) => KeySet)
  /** `best`: the highest the card's `i` offers. */
  readonly level: SecurityLevel | 'best'
  /** Key version asked for; the set's own, or 00 when the keys come from a function. */
  readonly version?: number
  readonly random: RandomSource
  /** 16-byte challenges and MACs (SCP03 v1.2); the card's `i` must say so too. */
  readonly s16?: boolean
  /** Logical channel 0–19. */
  readonly channel?: number
  /** The longest data field the card takes; 255 when left out, above it extended length fields are used. */
  readonly maxCommandData?: number
}

/** Opens a channel to the application selected on it. Throws `GpError`. */
export async function openSecureChannel(options: ChannelOptions): Promise<SecureChannel> {
  const { transmit, random, s16 = false, channel = 0 } = options
  const version = options.version ?? (typeof options.keys === 'function' ? 0 : options.keys.version)
  const hostChallenge = random.bytes(s16 ? 16 : 8)
  const hello = initializeUpdate(version, hostChallenge)
  const apdu = encodeCommand({ ...hello.apdu, cla: onChannel(hello.apdu.cla, channel) })
  const card = readAnswer(hello, decodeResponse(await transmit(apdu)))
  const keys = typeof options.keys === 'function' ? options.keys(card) : options.keys
  const level = options.level === 'best' ? bestLevel(card.options) : options.level
  const answer = authenticate(keys, hostChallenge, card, level, channel)
  readAnswer(answer.gp, decodeResponse(await transmit(answer.apdu)))
  return new SecureChannel(transmit, card, keys, answer.session, options.maxCommandData)
}

export class SecureChannel {
  readonly card: CardGreeting
  readonly keys: KeySet
  readonly #next: Transmit
  readonly #longest: number
  #state: SessionState | undefined

  constructor(next: Transmit, card: CardGreeting, keys: KeySet, state: SessionState, longest = 255) {
    this.#longest = longest
    this.#next = next
    this.card = card
    this.keys = keys
    this.#state = state
  }

  /** Bits of `LEVEL`, or undefined once the channel has ended. */
  get level(): number | undefined {
    return this.#state?.level
  }

  /** The most data bytes a command may carry so that MAC and padding still fit. */
  get maxData(): number {
    const level = this.#state?.level ?? 0
    const room = level & LEVEL.C_MAC ? this.#longest - (this.#state?.macSize ?? 0) : this.#longest
    return level & LEVEL.C_DECRYPTION ? Math.floor(room / BLOCK) * BLOCK - 1 : room
  }

  /** One command of class 00 or 80 through the channel. Throws `GpError` when the channel has ended or its answer is false. */
  readonly transmit: Transmit = async (apdu) => {
    const plain = decodeCommand(apdu)
    if (plain === undefined) throw new RangeError('SecureChannel: not a command APDU')
    return this.#exchange(plain)
  }

  /** Adds response protection (7.1.3): `R_MAC`, or with `R_ENCRYPTION`. The answer itself is not yet protected. */
  async beginRmac(protection: 0x10 | 0x30): Promise<number> {
    const sw = swOf(await this.#exchange(command(0x80, 0x7a, protection, 0x01)))
    if (sw === 0x9000 && this.#state) this.#state = { ...this.#state, level: this.#state.level | protection }
    return sw
  }

  /** Takes response protection away again (7.1.4); the answer is still protected. */
  async endRmac(): Promise<number> {
    const sw = swOf(await this.#exchange(command(0x80, 0x78, 0x00, 0x03)))
    const clear = ~(LEVEL.R_MAC | LEVEL.R_ENCRYPTION)
    if (sw === 0x9000 && this.#state) this.#state = { ...this.#state, level: this.#state.level & clear }
    return sw
  }

  /** Ends the channel on this side: after a reset, a new selection, or at the end of the work. Session keys are zeroed. */
  close(): void {
    if (this.#state) for (const key of Object.values(this.#state.keys)) wipeKey(key)
    this.#state = undefined
  }

  /** Did the card compute its pseudo-random challenge as 6.2.2.1 says for this AID? Undefined for random challenges. */
  challengeIsGenuine(aid: Uint8Array): boolean | undefined {
    const { sequenceCounter, challenge } = this.card
    if (sequenceCounter === undefined) return undefined
    return equal(challenge, pseudoRandomChallenge(this.keys.enc, sequenceCounter, aid, challenge.length))
  }

  async #exchange(plain: Command): Promise<Uint8Array> {
    if (this.#state === undefined) throw new GpError({ kind: 'channelClosed' })
    const { apdu, expected, next } = wrap(this.#state, plain)
    this.#state = next
    const response = decodeResponse(await this.#next(apdu))
    const clear = response && unwrap(expected, response)
    if (clear === undefined) {
      this.close()
      throw new GpError({
        kind: 'untrusted',
        what: 'response MAC',
        section: 'SCP03 6.2.5',
        advice: 'The channel was ended. Check the reader and the card, list the card’s content, and start again.',
      })
    }
    return encodeResponse(clear.data, clear.sw)
  }
}

const swOf = (response: Uint8Array): number => decodeResponse(response)?.sw ?? 0
