/** Row ids: UUID version 7 (RFC 9562, 5.7), so that rows made later sort later without a sequence. */
import { randomFillSync } from 'node:crypto'

const random = new Uint8Array(10)

/** A new id at `now` (epoch milliseconds). */
export function newId(now: number): string {
  randomFillSync(random)
  const time = now.toString(16).padStart(12, '0')
  let rest = ''
  for (const byte of random) rest += byte.toString(16).padStart(2, '0')
  const variant = (0x8 | (Number.parseInt(rest[4] as string, 16) & 0x3)).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(1, 4)}-${variant}${rest.slice(5, 8)}-${rest.slice(8)}`
}
