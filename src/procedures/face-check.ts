/** Comparing the live face with the photo on the chip: by a person, by an engine outside, or in a simulation (F21). */
import type { Secret } from '../base/secret.ts'
import type { FaceComparison } from '../wire/backend-resets.ts'

export interface FaceCheck {
  /**
   * 照合番号B, which opens the photo: 14 digits – birth date, year of expiry, security code – read off the printed face of the card or typed
   * by its holder. `wrong`: the last one was not it. Undefined: the person went back. Rejects when the signal aborts.
   */
  printed(wrong: boolean, signal: AbortSignal): Promise<Secret | undefined>
  /**
   * `photo`: the picture of the chip (JPEG 2000); it is zeroed afterwards, and nothing of it is kept. Undefined: the person went back.
   * Rejects when the signal aborts.
   */
  compare(photo: Uint8Array, signal: AbortSignal): Promise<FaceComparison | undefined>
}

/** As a procedure sees it. Both reject with `Stopped`. */
export interface FaceDesk {
  printed(wrong: boolean): Promise<Secret | undefined>
  compare(photo: Uint8Array): Promise<FaceComparison | undefined>
}
