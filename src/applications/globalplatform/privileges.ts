/** Privileges (GPCS 2.3.1, 6.6.1 and tables 11-7 to 11-9): three bytes, of which older cards give only the first. */
import { toUint, uint } from '../../base/bytes.ts'

/** Bits of the three bytes as one big-endian number. DAP, delegated management and mandated DAP imply a security domain. */
export const PRIVILEGE = {
  SECURITY_DOMAIN: 0x800000,
  DAP_VERIFICATION: 0xc00000,
  DELEGATED_MANAGEMENT: 0xa00000,
  CARD_LOCK: 0x100000,
  CARD_TERMINATE: 0x080000,
  CARD_RESET: 0x040000,
  CVM_MANAGEMENT: 0x020000,
  MANDATED_DAP_VERIFICATION: 0xc10000,
  TRUSTED_PATH: 0x008000,
  AUTHORIZED_MANAGEMENT: 0x004000,
  TOKEN_VERIFICATION: 0x002000,
  GLOBAL_DELETE: 0x001000,
  GLOBAL_LOCK: 0x000800,
  GLOBAL_REGISTRY: 0x000400,
  FINAL_APPLICATION: 0x000200,
  GLOBAL_SERVICE: 0x000100,
  RECEIPT_GENERATION: 0x000080,
  CIPHERED_LOAD_FILE_DATA_BLOCK: 0x000040,
  CONTACTLESS_ACTIVATION: 0x000020,
  CONTACTLESS_SELF_ACTIVATION: 0x000010,
} as const
export type Privilege = keyof typeof PRIVILEGE

const ALL = Object.keys(PRIVILEGE) as readonly Privilege[]

/** Three bytes. */
export const encodePrivileges = (names: readonly Privilege[]): Uint8Array =>
  uint(
    names.reduce((bits, name) => bits | PRIVILEGE[name], 0),
    3,
  )

/** One or three bytes; undefined for any other length. Bits nobody has named are left out. */
export function decodePrivileges(bytes: Uint8Array): readonly Privilege[] | undefined {
  if (bytes.length !== 1 && bytes.length !== 3) return undefined
  const bits = bytes.length === 1 ? toUint(bytes) * 0x10000 : toUint(bytes)
  return ALL.filter((name) => (bits & PRIVILEGE[name]) === PRIVILEGE[name])
}

export const isPrivilege = (name: string): name is Privilege => name in PRIVILEGE
