/** A terminal with a certificate of its own, for 特定機関認証 (facts 3.9 and docs/decisions/0005). */
import { generateKeyPairSync, sign } from 'node:crypto'
import { ascii, concat } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { tlvLong } from '../../src/base/tlv.ts'
import { CA_KEY_ID, cvKey, KEYS, type TestCard } from './card.ts'

const terminal = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** Both blocks of a certificate by our certifier's key, under any certifier key id of 16 characters. */
export function certificateFor(certifier: string): readonly [body: Uint8Array, signature: Uint8Array] {
  const body = concat(ascii(certifier), new Uint8Array(16).fill(0x54), cvKey(terminal))
  const signature = sign('sha256', body, KEYS.terminalCa.privateKey)
  return [concat(fromHex('7F21820233'), tlvLong(0x5f4e, body)), tlvLong(0x5f37, signature)]
}

export const [BODY_BLOCK, SIGNATURE_BLOCK] = certificateFor(CA_KEY_ID)

export const extended = (header: string, data: Uint8Array): string =>
  `${header}00${data.length.toString(16).padStart(4, '0')}${hex(data)}`

/** All three steps; returns the status word of the last. */
export function authenticateTerminal(card: TestCard): string {
  card.send(extended('80A206C1', BODY_BLOCK))
  card.send(extended('80A200C1', SIGNATURE_BLOCK))
  const challenge = fromHex(card.send('0084000010').slice(0, -4))
  return card.sw(extended('00820096', sign('sha256', challenge, terminal.privateKey)))
}
