/** SET SESSION KEY `80 AE 00 00` (facts 3.7): a seed under RSA-OAEP with SHA-256; the key is its first half. */
import { concat, copyOf } from '../../base/bytes.ts'
import { fromHex } from '../../base/hex.ts'
import { CardFault } from '../../card/card-failure.ts'
import { command } from '../../card/command.ts'
import { SW } from '../../card/status-word.ts'
import type { Channel } from '../../card/transaction-hold.ts'
import { rsaPublicKey } from '../../pki/algorithm.ts'
import type { CardKey } from '../genuine/card-key.ts'

export const SEED_LENGTH = 32
const KEY_LENGTH = 16
/** `A0 22 80 20`: an encryption key alone. */
const DELIVERY = fromHex('A0228020')

/** Delivers the seed (32 bytes, zeroed) and returns the session key; undefined when the PIN has not been verified. */
export async function deliverSessionKey(
  channel: Channel,
  application: string,
  card: CardKey,
  seed: Uint8Array,
): Promise<Uint8Array | undefined> {
  const label = `${application}: SET SESSION KEY`
  const plain = concat(DELIVERY, seed)
  try {
    const { sw } = await channel.send(label, command(0x80, 0xae, 0x00, 0x00, { data: await encrypt(card, plain) }))
    if (sw === SW.OK) return copyOf(seed.subarray(0, KEY_LENGTH))
    if (sw === SW.SECURITY_STATUS) return undefined
    throw new CardFault({ kind: 'refused', label, sw })
  } finally {
    seed.fill(0)
    plain.fill(0)
  }
}

async function encrypt({ modulus, exponent }: CardKey, plain: Uint8Array): Promise<Uint8Array> {
  const spki = new Uint8Array(rsaPublicKey(modulus, exponent))
  const key = await crypto.subtle.importKey('spki', spki, { name: 'RSA-OAEP', hash: 'SHA-256' }, false, ['encrypt'])
  return new Uint8Array(await crypto.subtle.encrypt({ name: 'RSA-OAEP' }, key, new Uint8Array(plain)))
}
