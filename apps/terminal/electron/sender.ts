/**
 * Who may speak to the main process (checklist row 11): the main frame of a page of the program. Read while the message is being
 * handled, for a frame can navigate afterwards.
 */
import { OWN_ORIGIN } from './origin.ts'

/** What is read of Electron's `WebFrameMain`. */
export interface SenderFrame {
  readonly origin: string
  readonly detached: boolean
  readonly parent: unknown
}

/** A frame that is gone is null; a blank one has the origin of nobody. */
export const isTrusted = (frame: SenderFrame | null | undefined): boolean =>
  frame !== null &&
  frame !== undefined &&
  frame.detached === false &&
  frame.parent === null &&
  frame.origin === OWN_ORIGIN
