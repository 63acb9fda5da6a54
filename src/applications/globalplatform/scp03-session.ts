/**
 * Secure messaging of SCP03 (GPC_SPE_014 v1.1.1, 6.2.4–6.2.7) as values: a session state goes in, a wrapped command,
 * what its response must look like and the next state come out. Nothing here talks to a card, so commands may be
 * wrapped ahead and a state may be put away between two of them.
 */
import { concat, EMPTY, uint } from '../../base/bytes.ts'
import { type Command, command, encodeCommand, type Response } from '../../card/command.ts'
import { BLOCK, cmac, decryptCbc, encryptCbc, pad80, sameMac, unpad80 } from './aes.ts'
import { macClass, onChannel } from './class-byte.ts'
import type { SessionKeys } from './scp03-derivation.ts'

/** Security level bits, Table 7-3 (P1 of EXTERNAL AUTHENTICATE). */
export const LEVEL = { C_MAC: 0x01, C_DECRYPTION: 0x02, R_MAC: 0x10, R_ENCRYPTION: 0x20 } as const
export const LEVELS = [0x00, 0x01, 0x03, 0x11, 0x13, 0x33] as const
export type SecurityLevel = (typeof LEVELS)[number]

/** Implementation options `i`, Table 5-1. */
export const OPTION = { S16: 0x01, PSEUDO_RANDOM: 0x10, R_MAC: 0x20, R_ENCRYPTION: 0x40 } as const

export interface SessionState {
  readonly keys: SessionKeys
  /** Bits of `LEVEL`; also raised and lowered by BEGIN and END R-MAC SESSION. */
  readonly level: number
  /** Bytes of a MAC on the wire: 8, in S16 mode 16. */
  readonly macSize: number
  /** The last full C-MAC. */
  readonly chain: Uint8Array
  /** Encryption counter of the next command; 1 for the first after EXTERNAL AUTHENTICATE. */
  readonly counter: number
  readonly channel: number
}

/** What the response to one wrapped command is checked and decrypted with. */
export type Expected = Pick<SessionState, 'keys' | 'level' | 'macSize' | 'chain' | 'counter'>

export interface Wrapped {
  readonly apdu: Uint8Array
  readonly expected: Expected
  readonly next: SessionState
}

/** Before EXTERNAL AUTHENTICATE: that command alone is MACed, with a chaining value of zeros. */
export const authenticating = (keys: SessionKeys, macSize: number, channel: number): SessionState => ({
  keys,
  level: LEVEL.C_MAC,
  macSize,
  chain: new Uint8Array(BLOCK),
  counter: 0,
  channel,
})

const counterBlock = (counter: number, first: number): Uint8Array => {
  const block = new Uint8Array(BLOCK)
  block[0] = first
  block.set(uint(counter, 4), BLOCK - 4)
  return block
}

const ZERO = new Uint8Array(BLOCK)

/** CBC whose ICV is the encrypted counter block. */
const encryptCounted = (key: Uint8Array, block: Uint8Array, data: Uint8Array): Uint8Array =>
  encryptCbc(key, encryptCbc(key, ZERO, block), data)

/** The command on the wire. With an R-MAC to come, Le is added where it was absent. */
export function wrap(state: SessionState, plain: Command): Wrapped {
  const { keys, level, macSize, channel, counter } = state
  const ne = level & LEVEL.R_MAC ? plain.ne || 0x100 : plain.ne
  const next = { ...state, counter: counter + 1 }
  if (!(level & LEVEL.C_MAC)) {
    const bare = { ...plain, cla: onChannel(plain.cla, channel), ne }
    return { apdu: encodeCommand(bare), expected: state, next }
  }
  const encrypts = (level & LEVEL.C_DECRYPTION) !== 0 && plain.data.length > 0
  const body = encrypts ? encryptCounted(keys.enc, counterBlock(counter, 0x00), pad80(plain.data)) : plain.data
  const cla = macClass(plain.cla)
  const lcc = body.length + macSize
  const extended = plain.extended || lcc > 0xff
  const header = Uint8Array.of(cla, plain.ins, plain.p1, plain.p2)
  const lc = extended ? uint(lcc, 3) : uint(lcc, 1)
  const chain = cmac(keys.mac, state.chain, header, lc, body)
  const data = concat(body, chain.subarray(0, macSize))
  const apdu = encodeCommand(command(onChannel(cla, channel), plain.ins, plain.p1, plain.p2, { data, ne, extended }))
  return { apdu, expected: { ...state, chain }, next: { ...next, chain } }
}

/** Only these carry an R-MAC; every other status word comes bare (6.2.5). */
const isProtected = (sw: number): boolean => sw === 0x9000 || sw >> 8 === 0x62 || sw >> 8 === 0x63

/** The response in the clear, or undefined when its R-MAC or its padding is wrong: the session must then be given up. */
export function unwrap({ keys, level, macSize, chain, counter }: Expected, response: Response): Response | undefined {
  const { data, sw } = response
  if (!(level & LEVEL.R_MAC)) return response
  if (!isProtected(sw)) return { data: EMPTY, sw }
  if (data.length < macSize) return undefined
  const body = data.subarray(0, data.length - macSize)
  const mac = cmac(keys.rmac, chain, body, uint(sw, 2)).subarray(0, macSize)
  if (!sameMac(mac, data.subarray(data.length - macSize))) return undefined
  if (!(level & LEVEL.R_ENCRYPTION) || body.length === 0) return { data: body, sw }
  if (body.length % BLOCK !== 0) return undefined
  const icv = encryptCbc(keys.enc, ZERO, counterBlock(counter, 0x80))
  const plain = unpad80(decryptCbc(keys.enc, icv, body))
  return plain && { data: plain, sw }
}
