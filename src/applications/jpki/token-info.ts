/** EF 0006: which token this is, a serialised CK_TOKEN_INFO (facts 2.6.1). Total: what is too short is undefined. */
import { toUint } from '../../base/bytes.ts'

export type TokenKind =
  /** My Number card. */
  | 'myNumberCard'
  /** 住民基本台帳カード, its predecessor. */
  | 'predecessorCard'
  | 'androidPhone'
  | 'iPhone'
  | 'unknown'

const KINDS: Readonly<Record<string, TokenKind>> = {
  JPKIAPICCTOKEN2: 'myNumberCard',
  JPKIAPICCTOKEN: 'predecessorCard',
  JPKIAPGPSETOKEN: 'androidPhone',
  JPKIAPIOSTOKEN: 'iPhone',
}

export interface TokenInfo {
  readonly kind: TokenKind
  readonly label: string
  /** Absent where the file holds the label alone. */
  readonly details?: {
    readonly manufacturer: string
    readonly model: string
    readonly serialNumber: string
    /** CKF_… bits. */
    readonly flags: number
    readonly maxPinLength: number
    readonly minPinLength: number
  }
}

const LABEL_LENGTH = 32
const WHOLE = 160

const text = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'))
    .join('')
    .trimEnd()

export function parseTokenInfo(bytes: Uint8Array): TokenInfo | undefined {
  if (bytes.length < LABEL_LENGTH) return undefined
  const label = text(bytes.subarray(0, LABEL_LENGTH))
  const kind = Object.hasOwn(KINDS, label) ? (KINDS[label] as TokenKind) : 'unknown'
  if (bytes.length < WHOLE) return { kind, label }
  return {
    kind,
    label,
    details: {
      manufacturer: text(bytes.subarray(32, 64)),
      model: text(bytes.subarray(64, 80)),
      serialNumber: text(bytes.subarray(80, 96)),
      flags: toUint(bytes.subarray(96, 100)),
      maxPinLength: toUint(bytes.subarray(116, 120)),
      minPinLength: toUint(bytes.subarray(120, 124)),
    },
  }
}
