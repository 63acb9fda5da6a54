/** Card capability information 67 (GPCS 2.3.1, H.4): what clients may expect of this card before they try. */
import { uint } from '../../src/base/bytes.ts'
import { tlv } from '../../src/base/tlv.ts'
import { encodePrivileges, TO_APPLICATIONS, TO_DOMAINS } from './privileges.ts'

/** SHA-1, SHA-256, SHA-384, SHA-512. */
const HASHES = [1, 2, 3, 4]
/** Bits of a cipher suite: RSA-1024 with SHA-1, RSA PSS with SHA-256, CMAC with AES-128, 192 and 256, P-256 with SHA-256. */
const SUITE = { RSA_1024: 0x01, RSA_PSS: 0x02, AES: 0x38, P256: 0x40 } as const
const SIGNATURES = SUITE.RSA_1024 | SUITE.RSA_PSS | SUITE.AES | SUITE.P256
/** AES-128, AES-192, AES-256. */
const KEY_LENGTHS = 0x07
const P256 = 0x00

export function cardCapabilities({ i }: { readonly i: number }): Uint8Array {
  const byte = (tag: number, value: number) => tlv(tag, uint(value, 1))
  return tlv(
    0x67,
    tlv(0xa0, byte(0x80, 0x03), byte(0x81, i), byte(0x82, KEY_LENGTHS)),
    tlv(0x81, encodePrivileges(TO_DOMAINS)),
    tlv(0x82, encodePrivileges(TO_APPLICATIONS)),
    tlv(0x83, Uint8Array.from(HASHES)),
    byte(0x85, SIGNATURES),
    byte(0x86, SUITE.AES),
    byte(0x87, SIGNATURES),
    byte(0x88, P256),
  )
}
