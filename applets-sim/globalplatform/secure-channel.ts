/** The card's end of secure channel protocol SCP03 (GPC_SPE_014 v1.1.1 with the S16 forms of v1.2): one whole standard. */
import { timingSafeEqual } from 'node:crypto'
import { concat, EMPTY, uint } from '../../src/base/bytes.ts'
import type { RandomSource } from '../../src/base/clock.ts'
import type { Command } from '../../src/card/command.ts'
import { SW } from '../../src/card/status-word.ts'
import { answer, status, swOf } from '../os/answer.ts'
import { AesKey, BLOCK, pad, unpad } from './aes.ts'
import type { ChannelKeys, KeyRing } from './key-set.ts'
import { Refusal, require } from './refusal.ts'
import { DERIVE, derive } from './scp03-derivation.ts'
import { LEVEL, offers, type Scp03Parameter } from './scp03-parameter.ts'
import type { Velocity } from './velocity.ts'

export const INS = {
  INITIALIZE_UPDATE: 0x50,
  EXTERNAL_AUTHENTICATE: 0x82,
  BEGIN_R_MAC: 0x7a,
  END_R_MAC: 0x78,
} as const

/** Class byte bit 3: secure messaging of GlobalPlatform. */
const SECURE = 0x04
const LAST_COUNTER = 0xffffff

/** Whose channel it is: fixed while the application is current. */
export interface ChannelOwner {
  /** AID of the application that invokes the channel; part of the pseudo-random challenge. */
  readonly aid: Uint8Array
  /** Keys of the security domain that serves it, looked up anew for every session. */
  readonly ring: () => KeyRing
  readonly velocity: () => Velocity
  readonly parameter: Scp03Parameter
  readonly random: RandomSource
  readonly diversification: () => Uint8Array
}

interface SessionKeys {
  readonly version: number
  readonly enc: AesKey
  readonly mac: AesKey
  readonly rmac: AesKey
  /** The static DEK: SCP03 has no session DEK. */
  readonly dek: AesKey
}

/** Between the commands: nothing, after INITIALIZE UPDATE, open, or aborted by a security error. */
type State =
  | { readonly kind: 'none' }
  | { readonly kind: 'started'; readonly keys: SessionKeys; readonly hostCryptogram: Uint8Array }
  | { readonly kind: 'open'; readonly keys: SessionKeys; readonly level: number }
  | { readonly kind: 'aborted' }

const NONE: State = { kind: 'none' }

export class SecureChannel {
  readonly #owner: ChannelOwner
  #state: State = NONE
  /** MAC chaining value: the last whole C-MAC. */
  #chain: Uint8Array = new Uint8Array(BLOCK)
  /** Encryption counter: number of the command since EXTERNAL AUTHENTICATE. */
  #counter = 0
  /** What BEGIN R-MAC SESSION added to the level. */
  #added = 0

  constructor(owner: ChannelOwner) {
    this.#owner = owner
  }

  get authenticated(): boolean {
    return this.#state.kind === 'open'
  }

  /** Is a session open whose level has all these bits? */
  has(level: number): boolean {
    return this.#state.kind === 'open' && (this.#level() & level) === level
  }

  /** Key version number of the open session's keys. */
  get keyVersion(): number | undefined {
    return this.#state.kind === 'open' ? this.#state.keys.version : undefined
  }

  /** Decrypts key data under the static DEK (6.2.8). Only while authenticated. */
  decryptKey(data: Uint8Array): Uint8Array {
    require(this.#state.kind === 'open', SW.SECURITY_STATUS)
    require(data.length > 0 && data.length % BLOCK === 0, SW.WRONG_DATA)
    return this.#state.keys.dek.decrypt(new Uint8Array(BLOCK), data)
  }

  /** New selection, reset, channel closed: the session ends and with it an abort. */
  reset(): void {
    this.#state = NONE
  }

  /** One command from the wire: unwrapped, handed to `inner` unless it is the channel's own, the answer wrapped. */
  process(command: Command, inner: (plain: Command) => Uint8Array): Uint8Array {
    try {
      if (command.ins === INS.INITIALIZE_UPDATE && command.cla === 0x80) return this.#initializeUpdate(command)
      if (command.ins === INS.EXTERNAL_AUTHENTICATE && (command.cla & 0x80) !== 0)
        return this.#externalAuthenticate(command)
      const plain = this.#unwrap(command)
      if (plain.ins === INS.BEGIN_R_MAC && plain.cla === 0x80) return this.#beginResponseMac(plain)
      const level = this.#level()
      const response = plain.ins === INS.END_R_MAC && plain.cla === 0x80 ? this.#endResponseMac(plain) : inner(plain)
      return this.#wrap(response, level)
    } catch (error) {
      if (error instanceof Refusal) return status(error.sw)
      throw error
    }
  }

  /** 7.1.1. Ends whatever session there was. */
  #initializeUpdate({ p1, p2, data }: Command): Uint8Array {
    this.#state = NONE
    const { parameter, random } = this.#owner
    require(data.length === parameter.length, SW.WRONG_LENGTH)
    require(p2 === 0x00, SW.WRONG_P1P2)
    require(!this.#owner.velocity().refuses(), SW.CONDITIONS_NOT_SATISFIED)
    const ring = this.#owner.ring()
    const keys = ring.forChannel(p1)
    require(keys !== undefined, SW.REFERENCE_NOT_FOUND)
    let sequence: Uint8Array = EMPTY
    let challenge: Uint8Array
    if (parameter.pseudoRandom) {
      const next = ring.counter(keys.version) + 1
      require(next <= LAST_COUNTER, SW.CONDITIONS_NOT_SATISFIED)
      ring.setCounter(keys.version, next)
      sequence = uint(next, 3)
      challenge = derive(keys.enc, DERIVE.CARD_CHALLENGE, parameter.length, concat(sequence, this.#owner.aid))
    } else challenge = random.bytes(parameter.length)
    const context = concat(data, challenge)
    const session = sessionKeys(keys, context)
    const cryptogram = (constant: number) => derive(session.mac, constant, parameter.length, context)
    this.#state = { kind: 'started', keys: session, hostCryptogram: cryptogram(DERIVE.HOST_CRYPTOGRAM) }
    return answer(
      concat(
        this.#owner.diversification(),
        Uint8Array.of(keys.version, 0x03, parameter.i),
        challenge,
        cryptogram(DERIVE.CARD_CRYPTOGRAM),
        sequence,
      ),
    )
  }

  /** 7.1.2. The cryptogram is looked at before the MAC: wrong keys are an authentication that failed, 6300 (decision 0080). */
  #externalAuthenticate(command: Command): Uint8Array {
    const state = this.#state
    if (state.kind !== 'aborted') this.#state = NONE
    require(state.kind !== 'aborted', SW.SECURITY_STATUS)
    require(state.kind === 'started', SW.CONDITIONS_NOT_SATISFIED)
    const { cla, p1, p2, data } = command
    const { parameter } = this.#owner
    require((cla & SECURE) !== 0, SW.SECURITY_STATUS)
    require(data.length === 2 * parameter.length, SW.WRONG_LENGTH)
    require(p2 === 0x00 && offers(parameter, p1), SW.WRONG_P1P2)
    const velocity = this.#owner.velocity()
    velocity.suppose()
    require(timingSafeEqual(data.subarray(0, parameter.length), state.hostCryptogram), SW.VERIFICATION_FAILED)
    velocity.clear()
    this.#chain = new Uint8Array(BLOCK)
    require(this.#verified(state.keys, command) !== undefined, SW.SECURITY_STATUS)
    this.#state = { kind: 'open', keys: state.keys, level: p1 }
    this.#counter = 0
    this.#added = 0
    return status(SW.OK)
  }

  #level(): number {
    return this.#state.kind === 'open' ? this.#state.level | this.#added : 0
  }

  /** Takes the protection off, or throws; a security error aborts the session (5.6). */
  #unwrap(command: Command): Command {
    const state = this.#state
    require(state.kind !== 'aborted', SW.SECURITY_STATUS)
    const secure = (command.cla & SECURE) !== 0
    if (state.kind !== 'open') {
      this.#state = NONE
      require(!secure, SW.SECURITY_STATUS)
      return command
    }
    const { level, keys } = state
    if (secure !== ((level & LEVEL.C_MAC) !== 0)) return this.#abort()
    this.#counter++
    if (!secure) return command
    let data: Uint8Array = this.#verified(keys, command) ?? this.#abort()
    if ((level & LEVEL.C_DECRYPTION) !== 0 && data.length > 0) {
      if (data.length % BLOCK !== 0) this.#abort()
      data = unpad(keys.enc.decrypt(this.#icv(keys, 0x00), data)) ?? this.#abort()
    }
    return { ...command, cla: command.cla & ~SECURE, data }
  }

  #abort(): never {
    this.#state = { kind: 'aborted' }
    throw new Refusal(SW.SECURITY_STATUS)
  }

  /** 6.2.4: the data without its MAC when that is right; then the whole MAC is the next chaining value. */
  #verified(keys: SessionKeys, { cla, ins, p1, p2, data, extended }: Command): Uint8Array | undefined {
    const { length } = this.#owner.parameter
    if (data.length < length) return undefined
    const body = data.subarray(0, data.length - length)
    const lc = extended ? concat(Uint8Array.of(0), uint(data.length, 2)) : uint(data.length, 1)
    const mac = keys.mac.cmac(concat(this.#chain, Uint8Array.of(cla, ins, p1, p2), lc, body))
    if (!timingSafeEqual(mac.subarray(0, length), data.subarray(body.length))) return undefined
    this.#chain = mac
    return body
  }

  /** Counter block under S-ENC; its first byte tells command from response (6.2.6, 6.2.7). */
  #icv(keys: SessionKeys, first: number): Uint8Array {
    const block = new Uint8Array(BLOCK)
    block.set(uint(this.#counter, 6), BLOCK - 6)
    block[0] = first
    return keys.enc.block(block)
  }

  /** 6.2.5, 6.2.7. Only 9000, 62xx and 63xx are protected; any other status word goes out bare. */
  #wrap(response: Uint8Array, level: number): Uint8Array {
    const state = this.#state
    if (state.kind !== 'open' || (level & LEVEL.R_MAC) === 0) return response
    const sw = swOf(response)
    if (sw !== SW.OK && sw >> 8 !== 0x62 && sw >> 8 !== 0x63) return status(sw)
    let data: Uint8Array = response.subarray(0, response.length - 2)
    if ((level & LEVEL.R_ENCRYPTION) !== 0 && data.length > 0)
      data = state.keys.enc.encrypt(this.#icv(state.keys, 0x80), pad(data))
    const mac = state.keys.rmac.cmac(concat(this.#chain, data, uint(sw, 2)))
    return answer(concat(data, mac.subarray(0, this.#owner.parameter.length)), sw)
  }

  /** 7.1.3: from the next command on, responses are protected more than the session's level says. */
  #beginResponseMac({ p1, p2, data }: Command): Uint8Array {
    const level = this.#level()
    require(this.#state.kind === 'open', SW.CONDITIONS_NOT_SATISFIED)
    require((p1 === 0x10 || p1 === 0x30) && p2 === 0x01, SW.WRONG_P1P2)
    require(data.length === 0, SW.WRONG_DATA)
    require((level & LEVEL.R_MAC) === 0 && offers(this.#owner.parameter, level | p1), SW.CONDITIONS_NOT_SATISFIED)
    this.#added = p1
    return status(SW.OK)
  }

  /** Ends what BEGIN R-MAC SESSION began; this answer is still protected. */
  #endResponseMac({ p1, p2, data }: Command): Uint8Array {
    if (this.#added === 0) return status(SW.CONDITIONS_NOT_SATISFIED)
    if (p1 !== 0x00 || p2 !== 0x03) return status(SW.WRONG_P1P2)
    if (data.length !== 0) return status(SW.WRONG_DATA)
    this.#added = 0
    return status(SW.OK)
  }
}

function sessionKeys({ version, enc, mac, dek }: ChannelKeys, context: Uint8Array): SessionKeys {
  const session = (key: AesKey, constant: number) => new AesKey(derive(key, constant, key.length, context))
  return {
    version,
    enc: session(enc, DERIVE.S_ENC),
    mac: session(mac, DERIVE.S_MAC),
    rmac: session(mac, DERIVE.S_RMAC),
    dek,
  }
}
