/** The windows of the program, by the role of the machine they stand on. */

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
