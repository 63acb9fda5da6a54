/** Where the keys of a PIN pad lie. */

export interface KeyOrder {
  /** Ten: rows of three, the last one alone. */
  readonly digits: readonly string[]
  /** 26, in two halves. */
  readonly letters: readonly string[]
}

/** As on a telephone, and by the alphabet. */
export const TELEPHONE: KeyOrder = { digits: [...'1234567890'], letters: [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'] }

/** Every order of the digits is as likely as any other (Fisher–Yates). Letters stay: finding 26 of them anew is no service. */
export function shuffledOrder(random: (below: number) => number = randomBelow): KeyOrder {
  const digits = [...TELEPHONE.digits]
  for (let i = digits.length - 1; i > 0; i--) {
    const j = random(i + 1)
    const [a, b] = [digits[i] as string, digits[j] as string]
    digits[i] = b
    digits[j] = a
  }
  return { ...TELEPHONE, digits }
}

/** Even, because what does not divide is drawn again. `below` is at most 256. */
function randomBelow(below: number): number {
  const byte = new Uint8Array(1)
  do crypto.getRandomValues(byte)
  while ((byte[0] as number) >= 256 - (256 % below))
  return (byte[0] as number) % below
}
