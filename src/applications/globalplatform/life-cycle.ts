/** Life cycle states (GPCS 2.3.1, 5.1–5.3; codings 11.1.1). */
import { hex } from '../../base/hex.ts'

export const CARD_STATE = {
  OP_READY: 0x01,
  INITIALIZED: 0x07,
  SECURED: 0x0f,
  CARD_LOCKED: 0x7f,
  TERMINATED: 0xff,
} as const
export type CardState = keyof typeof CARD_STATE

export type ElementKind = 'card' | 'application' | 'securityDomain' | 'loadFile'

const APPLICATION: Readonly<Record<number, string>> = { 3: 'INSTALLED', 7: 'SELECTABLE' }
const SECURITY_DOMAIN: Readonly<Record<number, string>> = { ...APPLICATION, 15: 'PERSONALIZED' }
const CARD: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(CARD_STATE).map(([name, code]) => [code, name]),
)

/** The state's name in the specification; unnamed application states keep their code: `SELECTABLE+57`. */
export function stateName(kind: ElementKind, state: number): string {
  const code = `state ${hex(Uint8Array.of(state))}`
  if (kind === 'loadFile') return state === 0x01 ? 'LOADED' : code
  if (kind === 'card') return CARD[state] ?? code
  if (isLocked(kind, state)) return `LOCKED (was ${stateName(kind, state & 0x7f)})`
  const names = kind === 'securityDomain' ? SECURITY_DOMAIN : APPLICATION
  // An application may use bits 4–7 for states of its own while it is selectable (5.3.1.3).
  return names[state] ?? ((state & 0x07) === 0x07 ? `SELECTABLE, own ${code}` : code)
}

/** Applications and supplementary security domains: bit 8 (5.3.1.4, 5.3.2.4). */
export const isLocked = (kind: ElementKind, state: number): boolean =>
  (kind === 'application' || kind === 'securityDomain') && (state & 0x83) === 0x83
