/** The same signature without any other program: the card's commands one by one (facts 2.1, 4). */
import { createHash, X509Certificate } from 'node:crypto'
import { ascii, concat, uint } from '../../src/base/bytes.ts'
import { fromHex } from '../../src/base/hex.ts'
import type { TestReaders } from '../testkit/testkit.ts'
import type { Signed } from './opensc.ts'

const SELECT_JPKI = fromHex('00A4040C0A D392F000260100000001')
const PIN_FILE = 0x001b
const KEY_FILE = 0x001a
const CERTIFICATE_FILE = 0x0001
const SIGN_PIN = ascii('ABC123')
/** DigestInfo of SHA-256 up to the digest (RFC 8017, 9.2 note 1). */
const DIGEST_INFO = fromHex('3031300D060960864801650304020105000420')
const BLOCK = 256

export async function signWithCommands(
  readers: TestReaders['service'],
  reader: string,
  document: Uint8Array,
): Promise<Signed> {
  // The counter's own program has a look at the card too.
  const card = await readers.connect(reader, 'shared')
  await card.beginTransaction()
  const send = async (...parts: readonly Uint8Array[]): Promise<Uint8Array> => {
    const answer = await card.transmit(concat(...parts))
    if (answer.at(-2) !== 0x90) throw new Error('the simulated card refused a command')
    return answer.subarray(0, -2)
  }
  const selectFile = (file: number) => send(fromHex('00A4020C02'), uint(file, 2))
  try {
    await send(SELECT_JPKI)
    await selectFile(PIN_FILE)
    await send(fromHex('00200080'), uint(SIGN_PIN.length, 1), SIGN_PIN)
    await selectFile(KEY_FILE)
    const digestInfo = concat(DIGEST_INFO, createHash('sha256').update(document).digest())
    const signature = await send(fromHex('802A0080'), uint(digestInfo.length, 1), digestInfo, fromHex('00'))
    await selectFile(CERTIFICATE_FILE)
    const first = await send(fromHex('00B0000000'))
    // A DER SEQUENCE with a length of two bytes: that many, and the four before them.
    const size = 4 + (((first[2] ?? 0) << 8) | (first[3] ?? 0))
    const blocks = [first]
    for (let at = BLOCK; at < size; at += BLOCK) blocks.push(await send(fromHex('00B0'), uint(at, 2), fromHex('00')))
    return { certificate: new X509Certificate(concat(...blocks).subarray(0, size)), signature }
  } finally {
    await card.endTransaction('unpower')
    await card.disconnect('leave')
  }
}
