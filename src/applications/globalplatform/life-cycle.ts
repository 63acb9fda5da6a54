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

const INSTALLED = 0x03
const SELECTABLE = 0x07
const PERSONALIZED = 0x0f

/** The state's name in the specification; unnamed application states keep their code: `SELECTABLE, own state 57`. */
export function stateName(kind: ElementKind, state: number): string {
  const code = `state ${hex(Uint8Array.of(state))}`
  if (kind === 'loadFile') return state === 0x01 ? 'LOADED' : code
  if (kind === 'card') return Object.entries(CARD_STATE).find(([, known]) => known === state)?.[0] ?? code
  if (isLocked(kind, state)) return `LOCKED (was ${stateName(kind, state & 0x7f)})`
  if (state === INSTALLED) return 'INSTALLED'
  if (state === SELECTABLE) return 'SELECTABLE'
  if (kind === 'securityDomain' && state === PERSONALIZED) return 'PERSONALIZED'
  // An application may use bits 4–7 for states of its own while it is selectable (5.3.1.3).
  return (state & SELECTABLE) === SELECTABLE ? `SELECTABLE, own ${code}` : code
}

/** Applications and supplementary security domains: bit 8 (5.3.1.4, 5.3.2.4). */
export const isLocked = (kind: ElementKind, state: number): boolean =>
  (kind === 'application' || kind === 'securityDomain') && (state & 0x83) === 0x83
