/** Row ids: UUID version 7 (RFC 9562, 5.7), so that rows made later sort later without a sequence. */
import { randomFillSync } from 'node:crypto'

/** Random octets for many ids at once. */
const random = new Uint8Array(9 * 256)
let used = random.length
const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
let last = 0
let counter = 0

/**
 * A new id at `now` (epoch milliseconds), greater than every id this process made before: within a millisecond, or when the clock
 * steps back, a counter in the 12 bits after the version goes on (6.2, method 1).
 */
export function newId(now: number): string {
  if (now > last) {
    last = now
    counter = 0
  } else if (++counter > 0xfff) {
    last++
    counter = 0
  }
  if (used === random.length) {
    randomFillSync(random)
    used = 0
  }
  const time = last.toString(16).padStart(12, '0')
  let rest = ''
  for (const end = used + 9; used < end; used++) rest += DIGITS[random[used] as number]
  const variant = (0x8 | (Number.parseInt(rest[0] as string, 16) & 0x3)).toString(16)
  const ordered = counter.toString(16).padStart(3, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${ordered}-${variant}${rest.slice(1, 4)}-${rest.slice(4, 16)}`
}
