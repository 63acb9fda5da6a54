/** PEM (RFC 7468): a label and base64 lines of 64 characters. */

export function toPem(label: string, bytes: Uint8Array): string {
  const lines = base64(bytes).match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

/** The bytes of every block with this label, in order; undefined when a block is not well-formed. */
export function fromPem(label: string, text: string): readonly Uint8Array[] | undefined {
  const out: Uint8Array[] = []
  const block = new RegExp(`-----BEGIN ${label}-----([^-]*)-----END ${label}-----`, 'g')
  for (const [, body] of text.matchAll(block)) {
    try {
      out.push(Uint8Array.from(atob((body ?? '').replace(/\s+/g, '')), (c) => c.charCodeAt(0)))
    } catch {
      return undefined
    }
  }
  return out
}

function base64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}
