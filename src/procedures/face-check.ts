/** Comparing the live face with the photo on the chip: by a person, by an engine outside, or in a simulation (F21). */
import type { FaceComparison } from '../wire/backend-resets.ts'

export interface FaceCheck {
  readonly how: FaceComparison['method']
  /**
   * `photo`: the picture of the chip (JPEG 2000); `live`: the one the camera took (JPEG). Both are zeroed afterwards, and nothing of them
   * is kept. Undefined: it was not compared at all. Rejects when the signal aborts.
   */
  compare(photo: Uint8Array, live: Uint8Array, signal: AbortSignal): Promise<Compared | undefined>
}

/** `session`: of the member of staff who looked; the backend knows by it who decided. */
export type Compared = FaceComparison & { readonly session?: string }

/** As a procedure sees it; rejects with `Stopped`. */
export interface FaceDesk {
  readonly how: FaceComparison['method']
  compare(photo: Uint8Array, live: Uint8Array): Promise<FaceComparison | undefined>
}
