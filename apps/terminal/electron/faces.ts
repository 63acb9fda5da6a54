/** The windows of the program, by the role of the machine they stand on. */
import { STAFFED, type TerminalRole } from '../../../src/wire/backend-roles.ts'

export interface Face {
  /** Folder of the built page, with its slash. */
  readonly page: string
  /** A PIN may be entered here: nobody copies this window's picture (checklist row 19). */
  readonly pins: boolean
  /** Fills the screen and cannot be left (row 18). */
  readonly kiosk: boolean
  /** Channels of the host that its page may ask for. */
  readonly channels: readonly string[]
}

export const KIOSK: Face = { page: 'kiosk/', pins: true, kiosk: true, channels: ['/host'] }
/** The staff side; the PIN of a staff card is entered there. */
export const STAFF: Face = { page: 'counter/', pins: true, kiosk: false, channels: ['/staff'] }
/** On a second screen, opposite: PINs of residents are entered there and nowhere else (F05). */
export const RESIDENT: Face = { page: 'resident/', pins: true, kiosk: true, channels: ['/resident'] }

/** The keeper's, in no role's own windows; nothing is entered there. */
export const KEEPER: Face = { page: 'diagnostics/', pins: false, kiosk: false, channels: ['/diagnostics'] }

/** The first is where whoever works at the machine stands. */
export const facesOf = (role: TerminalRole): readonly [Face, ...Face[]] =>
  STAFFED.includes(role) ? [STAFF, RESIDENT] : [KIOSK]
