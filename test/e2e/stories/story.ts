/**
 * Every way through a procedure in the browser, as data: stories of people at one face, and what each of them comes to, procedure by
 * procedure. `table.test.ts` holds the whole of it against what the product offers.
 */
import type { World } from '../../../apps/world/world.ts'
import type { FailureCode } from '../../../src/base/failures/catalogue.ts'
import { KIOSK_PATIENCE, type Patience } from '../../../src/host/ports.ts'
import type { TerminalRole } from '../../../src/wire/backend-roles.ts'
import type { Resettable } from '../../../src/wire/card-script.ts'
import type { Hindrance } from '../../../src/wire/staff-view.ts'
import type { ProcedureName } from '../../../src/wire/view.ts'
import type { Line } from '../../host/broken-line.ts'
import type { OfficeScreen, Panel } from '../browser.ts'
import type { Kiosk } from '../kiosk.ts'
import type { PhoneSize } from '../phone.ts'
import type { Sides, Town } from '../town.ts'
import type { Handset } from './handset.ts'

/** Inches; a panel stands upright or lies across. */
export const KIOSK_SIZES = ['10', '15', '21'] as const satisfies readonly Panel[]

/** What staff and resident of one counter sit before. */
export const COUNTER_SIZES = {
  small: { office: 'small', panel: '10 across' },
  middle: { office: 'middle', panel: '15' },
  large: { office: 'large', panel: '21' },
} as const satisfies Record<string, { readonly office: OfficeScreen; readonly panel: Panel }>
export type CounterSize = keyof typeof COUNTER_SIZES

/** How long a screen waits for somebody who walks away: short, and long enough for whoever types. */
export const HASTY: Patience = { ...KIOSK_PATIENCE, question: 1_500, pin: 1_500, stillThere: 1_000 }

/** As everybody is told in the end; `seen`: there was only something to look at; `hindered`: it cannot be begun, and the reason is said. */
export type Ending = 'done' | 'seen' | FailureCode | `hindered: ${Hindrance}`

/** One procedure and how it ended. `pin`: which, where a procedure is about one of several. */
export interface Event {
  readonly procedure: ProcedureName
  readonly ending: Ending
  readonly pin?: Resettable
}

export const of = (procedure: ProcedureName, ending: Ending, pin?: Resettable): Event => ({
  ...{ procedure, ending },
  ...(pin !== undefined && { pin }),
})

/** A town of this story alone, whose line to the backend can be cut and whose clock be put forward. */
export interface Place {
  readonly world: World
  readonly line: Line
  readonly clock: { ahead: number; now(): number }
}

interface Told {
  /** In words. */
  readonly what: string
  /** In the order in which it happens. */
  readonly comesTo: readonly Event[]
  /** How long the screens wait for a person, where somebody walks away. */
  readonly patience?: Patience
}

export interface KioskStory extends Told {
  readonly face: 'kiosk'
  readonly size: Panel
  readonly alone?: never
  /** Of the terminal; a kiosk’s when left out. */
  readonly role?: TerminalRole
  readonly go: (kiosk: Kiosk, place: Place) => Promise<void>
}

/** On cards of the factory, without a town and its backend, as at a post office. */
export interface LoneStory extends Told {
  readonly face: 'kiosk'
  readonly size: Panel
  readonly alone: true
  readonly go: (kiosk: Kiosk) => Promise<void>
}

export interface CounterStory extends Told {
  readonly face: 'counter'
  readonly size: CounterSize
  readonly go: (town: Town, sides: Sides, place: Place) => Promise<void>
}

/** The reservation app. */
export interface PhoneStory extends Told {
  readonly face: 'phone'
  readonly size: PhoneSize
  readonly go: (phone: Handset, place: Place) => Promise<void>
}

export type Story = KioskStory | LoneStory | CounterStory | PhoneStory
