const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0').toUpperCase())

/** Bytes as upper-case hexadecimal without separators. */
export function hex(bytes: Uint8Array): string {
  let out = ''
  for (const byte of bytes) out += DIGITS[byte]
  return out
}

/** Hexadecimal, spaces and line breaks allowed, either case. Throws SyntaxError on anything else. */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, '')
  if (digits.length % 2 !== 0) throw new SyntaxError(`fromHex: odd number of digits (${digits.length})`)
  if (!/^[0-9a-fA-F]*$/.test(digits)) throw new SyntaxError('fromHex: not a hexadecimal digit')
  const out = new Uint8Array(digits.length / 2)
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16)
  return out
}
