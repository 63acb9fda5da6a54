/** Everything that is decided about a card before its cells are written. */
import type { ChipBehaviour } from '../image.ts'
import type { Generation } from './authority.ts'
import { eraDigits } from './era.ts'
import type { Holder } from './holder.ts'
import type { FactoryKey, KeyPurpose } from './key-source.ts'
import type { CardPictures } from './pictures.ts'

/** The references of a card: four citizen PINs, both 照合番号 and the 生年月日 key (facts 3.1). */
export const PIN_NAMES = ['auth', 'sign', 'text', 'juki', 'codeA', 'codeB', 'birth'] as const
export type PinName = (typeof PIN_NAMES)[number]

/** Try limits of facts 11.1. */
export const TRY_LIMITS: Readonly<Record<PinName, number>> = {
  auth: 3,
  sign: 5,
  text: 3,
  juki: 3,
  codeA: 10,
  codeB: 10,
  birth: 10,
}

export interface PlannedPin {
  /** ASCII; null when nobody has set it. */
  readonly value: string | null
  readonly tries: number
}

export interface CardPlan {
  readonly profile: string
  /** 15 digits. */
  readonly serial: string
  readonly holder: Holder
  readonly chip: ChipBehaviour
  /** Last valid day of the card. */
  readonly cardExpiry: string
  readonly generation: Generation
  /** Certificates that are on the card: first and last valid day. */
  readonly certificates: Readonly<
    Partial<Record<'sign' | 'auth', { readonly issued: string; readonly expiry: string }>>
  >
  /** False before 交付前設定: no keys of the holder in the JPKI application, which waits for its personalisation. */
  readonly jpkiReady: boolean
  readonly pins: Readonly<Record<PinName, PlannedPin>>
  /** Length of the basic four always as `82 hh ll`, as cards of about 2023 have it (facts 2.5). */
  readonly longBasicFour: boolean
}

/** A plan with what it needs to be carried out. */
export interface CardMaterial {
  readonly plan: CardPlan
  readonly keys: Readonly<Record<KeyPurpose, FactoryKey>>
  readonly pictures: CardPictures
}

/** Names of cells with their content. */
export type Cells = Record<string, Uint8Array>

/** 照合番号B: birth YYMMDD by era, the card's last year, security code. */
export const codeB = (holder: Holder, cardExpiry: string): string =>
  `${eraDigits(holder.birth)}${cardExpiry.slice(0, 4)}${holder.securityCode}`

export const codeA = (holder: Holder): string => holder.myNumber

/** Characters 3–15 of the 15-digit serial with the municipality: what the 28 digits of the common record say. */
export const commonRecord = ({ serial, holder, cardExpiry }: CardPlan): string =>
  `${serial}${holder.municipality.code}${cardExpiry}`
