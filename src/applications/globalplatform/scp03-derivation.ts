/** Data derivation of SCP03 (GPC_SPE_014 v1.1.1, 4.1.5 and 6.2.1): NIST SP 800-108 in counter mode with AES-CMAC. */
import { concat, uint } from '../../base/bytes.ts'
import { cmac } from './aes.ts'

/** Derivation constants, Table 4-1. */
export const CONSTANT = {
  CARD_CRYPTOGRAM: 0x00,
  HOST_CRYPTOGRAM: 0x01,
  CARD_CHALLENGE: 0x02,
  S_ENC: 0x04,
  S_MAC: 0x06,
  S_RMAC: 0x07,
} as const

/**
 * SP 800-108 counter mode in the layout of 4.1.5: label ‖ 00 ‖ L ‖ counter ‖ context, `bytes` (≤ 32) of output.
 * The label is 12 bytes.
 */
export function kdf(key: Uint8Array, label: Uint8Array, context: Uint8Array, bytes: number): Uint8Array {
  const block = (counter: number) =>
    cmac(key, label, Uint8Array.of(0), uint(bytes * 8, 2), Uint8Array.of(counter), context)
  return bytes <= 16 ? block(1).subarray(0, bytes) : concat(block(1), block(2)).subarray(0, bytes)
}

/** 4.1.5 proper: eleven zero bytes and the derivation constant as the label. */
export function derive(key: Uint8Array, constant: number, context: Uint8Array, bytes: number): Uint8Array {
  const label = new Uint8Array(12)
  label[11] = constant
  return kdf(key, label, context, bytes)
}

export interface SessionKeys {
  readonly enc: Uint8Array
  readonly mac: Uint8Array
  readonly rmac: Uint8Array
}

/** S-ENC from Key-ENC; S-MAC and S-RMAC from Key-MAC; each as long as its static key. */
export function sessionKeys(
  staticKeys: { readonly enc: Uint8Array; readonly mac: Uint8Array },
  hostChallenge: Uint8Array,
  cardChallenge: Uint8Array,
): SessionKeys {
  const context = concat(hostChallenge, cardChallenge)
  const { enc, mac } = staticKeys
  return {
    enc: derive(enc, CONSTANT.S_ENC, context, enc.length),
    mac: derive(mac, CONSTANT.S_MAC, context, mac.length),
    rmac: derive(mac, CONSTANT.S_RMAC, context, mac.length),
  }
}

/** Both authentication cryptograms (6.2.2), made with S-MAC; 8 bytes, in S16 mode 16, as long as the challenges. */
export function cryptograms(smac: Uint8Array, hostChallenge: Uint8Array, cardChallenge: Uint8Array) {
  const context = concat(hostChallenge, cardChallenge)
  const size = hostChallenge.length
  return {
    card: derive(smac, CONSTANT.CARD_CRYPTOGRAM, context, size),
    host: derive(smac, CONSTANT.HOST_CRYPTOGRAM, context, size),
  }
}

/** The pseudo-random card challenge (6.2.2.1): over the incremented sequence counter and the AID that opens the channel. */
export const pseudoRandomChallenge = (keyEnc: Uint8Array, counter: Uint8Array, aid: Uint8Array, bytes: number) =>
  derive(keyEnc, CONSTANT.CARD_CHALLENGE, concat(counter, aid), bytes)
