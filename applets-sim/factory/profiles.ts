/** Profiles of simulated cards, and the making of a card image from one. */
import { type Clock, systemClock } from '../../src/base/clock.ts'
import { hex } from '../../src/base/hex.ts'
import {
  addMonths,
  authCertificateExpiry,
  cardExpiry,
  dateInJapan,
  signCertificateExpiry,
} from '../../src/pki/validity.ts'
import type { CardImage, ChipBehaviour } from '../image.ts'
import { CardImageError, checkCardImage } from '../image-file.ts'
import {
  type CardMaterial,
  type CardPlan,
  type Cells,
  codeA,
  codeB,
  PIN_NAMES,
  type PinName,
  type PlannedPin,
  TRY_LIMITS,
} from './card-plan.ts'
import { commonCells, jukiCells } from './cells/common-cells.ts'
import { gpCells, identificationCells } from './cells/gp-cells.ts'
import { isdCells } from './cells/isd-cells.ts'
import { jpkiCells } from './cells/jpki-cells.ts'
import { textCells } from './cells/text-cells.ts'
import { visualCells } from './cells/visual-cells.ts'
import { eraDigits } from './era.ts'
import { HANAKO, type Holder, taro } from './holder.ts'
import { type FactoryKey, type FactoryKeySource, KEY_PURPOSES, type KeyPurpose, pooledKeys } from './key-source.ts'
import { CardOverrideError, type CardOverrides, parseOverrides } from './overrides.ts'
import { picturesOf } from './pictures.ts'

interface Profile {
  readonly title: string
  readonly serial: string
  /** `today` is `YYYYMMDD`. */
  readonly holder: (today: string) => Holder
  /** Years before today in which the card was produced. */
  readonly age: number
  readonly certificates: { readonly sign: boolean; readonly auth: boolean }
  readonly jpkiReady: boolean
  /** Citizen PINs; null when the holder has set none. */
  readonly pins: Readonly<Record<'auth' | 'sign' | 'text' | 'juki', string | null>>
  readonly blocked: boolean
}

const SET = { auth: '1234', sign: 'ABC123', text: '1234', juki: '1234' } as const
const UNSET = { auth: null, sign: null, text: null, juki: null } as const
const BOTH = { sign: true, auth: true } as const

const RESIDENT: Profile = {
  title: 'an adult resident, everything valid and set (番号 花子, F60)',
  serial: '990000000000001',
  holder: () => HANAKO,
  age: 1,
  certificates: BOTH,
  jpkiReady: true,
  pins: SET,
  blocked: false,
}

const TABLE = {
  resident: RESIDENT,
  factory: {
    ...RESIDENT,
    title: 'as it leaves the factory, before 交付前設定: no certificates, no keys of the holder, no PINs',
    serial: '990000000000002',
    certificates: { sign: false, auth: false },
    jpkiReady: false,
    pins: UNSET,
  },
  child: {
    ...RESIDENT,
    title: 'a child of about eight: no sign certificate, no sign password',
    serial: '990000000000003',
    holder: (today: string) => taro(Number(today.slice(0, 4)) - 8),
    certificates: { sign: false, auth: true },
    pins: { ...SET, sign: null },
  },
  blocked: { ...RESIDENT, title: 'all four citizen PINs blocked', serial: '990000000000004', blocked: true },
  expired: { ...RESIDENT, title: 'card and certificates expired', serial: '990000000000005', age: 10 },
} as const satisfies Record<string, Profile>

export type ProfileName = keyof typeof TABLE
export const PROFILES = Object.keys(TABLE) as readonly ProfileName[]
/** One line for a list of profiles. */
export const profileTitle = (name: ProfileName): string => TABLE[name].title

const CHIP: ChipBehaviour = {
  generation: 'E0',
  contactlessAtr: '000005E0B381A1',
  firstCommandFails: false,
  getResponse: false,
}

export interface FactoryPorts {
  /** Decides which dates are valid: "today" is the date in Japan. */
  readonly clock?: Clock
  readonly keys?: FactoryKeySource
}

/** The dates of a card and its certificates; what is not given follows from the rules of facts 5.6. */
function planDates(profile: Profile, given: ReturnType<typeof parseOverrides>, today: string, birth: string) {
  const produced = given.produced ?? `${Number(addMonths(today, -12 * profile.age).slice(0, 4))}0105`
  const issued = given.certificatesIssued ?? produced
  const card = given.cardExpiry ?? cardExpiry({ produced, birth })
  const validity = { issued, birth, cardExpiry: card }
  const auth = given.authExpiry ?? authCertificateExpiry(validity)
  const present = { ...profile.certificates, ...given.certificates }
  const sign = given.signExpiry ?? signCertificateExpiry(validity, present.auth ? auth : undefined)
  return {
    cardExpiry: card,
    certificates: {
      ...(present.sign && { sign: { issued, expiry: sign } }),
      ...(present.auth && { auth: { issued, expiry: auth } }),
    },
  }
}

/** What will be on the card. Throws CardOverrideError. */
export function planCard(name: ProfileName, data: CardOverrides = {}, clock: Clock = systemClock): CardPlan {
  const profile: Profile = TABLE[name]
  const given = parseOverrides(data)
  const today = dateInJapan(clock.now())
  const usual = profile.holder(today)
  const municipality = { ...usual.municipality, ...defined(given.holder?.municipality) }
  const holder = { ...usual, ...defined(given.holder), municipality }
  const dates = planDates(profile, given, today, holder.birth)
  const values: Record<PinName, string | null> = {
    ...profile.pins,
    codeA: codeA(holder),
    codeB: codeB(holder, dates.cardExpiry),
    birth: eraDigits(holder.birth),
    ...defined(given.pins),
  }
  const pins = {} as Record<PinName, PlannedPin>
  for (const pin of PIN_NAMES) {
    const blocked = values[pin] === null || (profile.blocked && pin in SET)
    pins[pin] = { value: values[pin], tries: given.tries?.[pin] ?? (blocked ? 0 : TRY_LIMITS[pin]) }
  }
  return {
    profile: name,
    serial: given.serial ?? profile.serial,
    holder,
    chip: { ...CHIP, ...defined(given.chip) },
    ...dates,
    generation: given.generation ?? 2,
    jpkiReady: profile.jpkiReady || Object.keys(dates.certificates).length > 0,
    pins,
    longBasicFour: given.longBasicFour ?? false,
  }
}

/** A partial object without the fields that are present but undefined. */
const defined = <T extends object>(partial: T | undefined): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(partial ?? {}).filter(([, value]) => value !== undefined)) as never

/**
 * A card image from a profile and overrides. The same inputs (with the same date) give the same image. Throws CardOverrideError
 * for an override that cannot be.
 */
export async function makeCardImage(
  name: ProfileName,
  data: CardOverrides = {},
  ports: FactoryPorts = {},
): Promise<CardImage> {
  const plan = planCard(name, data, ports.clock)
  const source = ports.keys ?? pooledKeys
  const keys = Object.fromEntries(KEY_PURPOSES.map((purpose) => [purpose, source(purpose, plan.serial)]))
  const pictures = await picturesOf(plan.holder)
  const material: CardMaterial = { plan, keys: keys as Record<KeyPurpose, FactoryKey>, pictures }
  const applications: Record<string, Cells> = {
    isd: { ...isdCells(plan), ...identificationCells(plan) },
    common: commonCells(material),
    juki: jukiCells(plan),
    visual: visualCells(material),
    text: textCells(material),
    jpki: jpkiCells(material),
    gp: gpCells(),
  }
  const image = { format: 'madoguchi-card', version: 1, simulated: true, profile: name, chip: plan.chip } as const
  return checked({ ...image, cells: merged(applications, data.cells) })
}

/** Cells are given freely, so the card may be none. */
function checked(image: CardImage): CardImage {
  try {
    return checkCardImage(image)
  } catch (error) {
    if (error instanceof CardImageError) throw new CardOverrideError(error.path, error.sentence)
    throw error
  }
}

function merged(made: Readonly<Record<string, Cells>>, given: CardOverrides['cells'] = {}): CardImage['cells'] {
  const out: Record<string, Record<string, string>> = {}
  for (const [application, cells] of Object.entries(made))
    out[application] = Object.fromEntries(Object.entries(cells).map(([cell, content]) => [cell, hex(content)]))
  for (const [application, cells] of Object.entries(given))
    for (const [cell, content] of Object.entries(cells ?? {})) {
      out[application] ??= {}
      if (content === null) delete out[application][cell]
      else out[application][cell] = content.toUpperCase()
    }
  return out
}
