/** Life cycles of the card, of load files, applications and security domains (GPCS 2.3.1, 5.1–5.3 and 11.1.1). */
import { has, PRIVILEGE } from './privileges.ts'

export const CARD = { OP_READY: 0x01, INITIALIZED: 0x07, SECURED: 0x0f, LOCKED: 0x7f, TERMINATED: 0xff } as const

export const LOADED = 0x01
export const INSTALLED = 0x03
export const SELECTABLE = 0x07
export const PERSONALIZED = 0x0f
/** Bit 8 over the state that was there before. */
export const LOCKED = 0x80

/** Which step of the card's life needs which privilege; any other step does not exist. */
const CARD_STEPS: readonly (readonly [from: number, to: number, privilege: number])[] = [
  [CARD.OP_READY, CARD.INITIALIZED, PRIVILEGE.SECURITY_DOMAIN],
  [CARD.INITIALIZED, CARD.SECURED, PRIVILEGE.SECURITY_DOMAIN],
  [CARD.SECURED, CARD.LOCKED, PRIVILEGE.CARD_LOCK],
  [CARD.LOCKED, CARD.SECURED, PRIVILEGE.CARD_LOCK],
  ...[CARD.OP_READY, CARD.INITIALIZED, CARD.SECURED, CARD.LOCKED].map(
    (from) => [from, CARD.TERMINATED, PRIVILEGE.CARD_TERMINATE] as const,
  ),
]

export const cardStep = (from: number, to: number, privileges: number): boolean =>
  CARD_STEPS.some(([a, b, privilege]) => a === from && b === to && has(privileges, privilege))

export const isLocked = (life: number): boolean => (life & LOCKED) !== 0

/** Selectable: past INSTALLED and not locked. */
export const isSelectable = (life: number): boolean => !isLocked(life) && (life & 0x04) !== 0
