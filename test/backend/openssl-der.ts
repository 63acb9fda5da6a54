/** DER written by OpenSSL from a description (`openssl asn1parse -genconf`), so that ours is compared with bytes nobody here encoded. */
import { readFileSync } from 'node:fs'
import { openssl, withFiles } from '../pki/openssl.ts'

/** A value as ASN1_generate_nconf(3) writes it, such as `INTEGER:2`; or a constructed one, with modifiers before it. */
export type Asn1 =
  | string
  | { readonly kind: 'SEQUENCE' | 'SET'; readonly modifiers: string; readonly of: readonly Asn1[] }

export const seq = (...of: readonly Asn1[]): Asn1 => ({ kind: 'SEQUENCE', modifiers: '', of })
export const set = (...of: readonly Asn1[]): Asn1 => ({ kind: 'SET', modifiers: '', of })

/** With a modifier in front: `EXPLICIT:0`, `IMPLICIT:0`, `OCTWRAP`, `BITWRAP`. */
export const within = (modifier: string, value: Asn1): Asn1 =>
  typeof value === 'string' ? `${modifier},${value}` : { ...value, modifiers: `${modifier},${value.modifiers}` }

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase()
export const octets = (bytes: Uint8Array): Asn1 => `FORMAT:HEX,OCTETSTRING:${hexOf(bytes)}`
export const bits = (bytes: Uint8Array): Asn1 => `FORMAT:HEX,BITSTRING:${hexOf(bytes)}`
export const utf8 = (text: string): Asn1 => `FORMAT:UTF8,UTF8String:${text}`

export const derOf = (value: Asn1): Promise<Uint8Array> =>
  withFiles({ 'description.cnf': described(value) }, (path) => {
    const run = openssl(['asn1parse', '-genconf', path('description.cnf'), '-noout', '-out', path('value.der')])
    if (run.status !== 0) throw new Error(`openssl asn1parse -genconf: ${run.err}`)
    return Uint8Array.from(readFileSync(path('value.der')))
  })

function described(value: Asn1): string {
  const sections: string[] = []
  let n = 0
  const written = (one: Asn1): string => {
    if (typeof one === 'string') return one.replace(/[\\$#]/g, '\\$&')
    const name = `s${++n}`
    const lines = one.of.map((part, i) => `${i} = ${written(part)}`)
    sections.push(`[${name}]\n${lines.join('\n')}\n`)
    return `${one.modifiers}${one.kind}:${name}`
  }
  return `asn1 = ${written(value)}\n\n${sections.join('\n')}`
}
