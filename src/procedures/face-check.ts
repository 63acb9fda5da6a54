/** Comparing the live face with the photo on the chip: by a person, by an engine outside, or in a simulation (F21). */
import type { FaceComparison } from '../wire/backend-resets.ts'

export interface FaceCheck {
  /**
   * `photo`: the picture of the chip (JPEG 2000). The bytes are zeroed by the caller afterwards; nothing of them is kept. Undefined: the
   * person went back. Rejects when the signal aborts.
   */
  compare(photo: Uint8Array, signal: AbortSignal): Promise<FaceComparison | undefined>
}
