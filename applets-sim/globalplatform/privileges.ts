/** Privileges (GPCS 2.3.1, 6.6 and 11.1.2) as one 24-bit number; the first privilege byte is the highest. */
import { toUint, uint } from '../../src/base/bytes.ts'

export const PRIVILEGE = {
  SECURITY_DOMAIN: 0x800000,
  DAP_VERIFICATION: 0x400000,
  DELEGATED_MANAGEMENT: 0x200000,
  CARD_LOCK: 0x100000,
  CARD_TERMINATE: 0x080000,
  CARD_RESET: 0x040000,
  CVM_MANAGEMENT: 0x020000,
  MANDATED_DAP: 0x010000,
  TRUSTED_PATH: 0x008000,
  AUTHORIZED_MANAGEMENT: 0x004000,
  TOKEN_VERIFICATION: 0x002000,
  GLOBAL_DELETE: 0x001000,
  GLOBAL_LOCK: 0x000800,
  GLOBAL_REGISTRY: 0x000400,
  FINAL_APPLICATION: 0x000200,
  GLOBAL_SERVICE: 0x000100,
  RECEIPT_GENERATION: 0x000080,
  CIPHERED_LOAD_FILE: 0x000040,
} as const

const P = PRIVILEGE

/** What this card's issuer security domain holds. */
export const ISSUER_PRIVILEGES =
  P.SECURITY_DOMAIN |
  P.CARD_LOCK |
  P.CARD_TERMINATE |
  P.CARD_RESET |
  P.CVM_MANAGEMENT |
  P.TRUSTED_PATH |
  P.AUTHORIZED_MANAGEMENT |
  P.TOKEN_VERIFICATION |
  P.GLOBAL_DELETE |
  P.GLOBAL_LOCK |
  P.GLOBAL_REGISTRY |
  P.FINAL_APPLICATION |
  P.RECEIPT_GENERATION

/** Privileges that this card grants to nobody but the issuer: they exist once on a card and the issuer keeps them. */
const ISSUER_ONLY = P.TOKEN_VERIFICATION | P.RECEIPT_GENERATION | P.FINAL_APPLICATION | P.CARD_RESET
const UNKNOWN = P.CVM_MANAGEMENT | P.GLOBAL_SERVICE | P.CIPHERED_LOAD_FILE | 0x00003f
const NEED_DOMAIN =
  P.DAP_VERIFICATION | P.DELEGATED_MANAGEMENT | P.MANDATED_DAP | P.AUTHORIZED_MANAGEMENT | P.TRUSTED_PATH

/** What this card may grant to a domain, and to another application (card capabilities 67). */
export const TO_DOMAINS = Object.values(P).reduce((all, one) => all | one, 0) & ~(ISSUER_ONLY | UNKNOWN)
export const TO_APPLICATIONS = TO_DOMAINS & ~(NEED_DOMAIN | P.SECURITY_DOMAIN)

export const has = (privileges: number, privilege: number): boolean => (privileges & privilege) === privilege

/** One byte (the last two are then 00) or three; none at all means no privilege. Undefined when it is neither. */
export function decodePrivileges(bytes: Uint8Array): number | undefined {
  if (bytes.length === 0) return 0
  if (bytes.length === 1) return toUint(bytes) << 16
  return bytes.length === 3 ? toUint(bytes) : undefined
}

export const encodePrivileges = (privileges: number): Uint8Array => uint(privileges, 3)

/** May an instance be given these? GPCS 2.3.1, 6.6.2 and table 6-2. */
export function grantable(privileges: number): boolean {
  const domain = has(privileges, P.SECURITY_DOMAIN)
  if ((privileges & (ISSUER_ONLY | UNKNOWN)) !== 0) return false
  if (!domain && (privileges & NEED_DOMAIN) !== 0) return false
  return !(has(privileges, P.DELEGATED_MANAGEMENT) && has(privileges, P.AUTHORIZED_MANAGEMENT))
}
