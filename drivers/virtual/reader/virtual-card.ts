/** What is laid in a reader, and what kind of reader it is. */
import type { ChipPort } from '../../../src/card/ports.ts'
import type { PinPad } from '../pin-pad/pin-pad.ts'

/** A card that can lie on a reader: the chip, and what its owner lets the bay do with it. */
export interface VirtualCard {
  readonly chip: ChipPort
  /** For people: the file or profile it came from. */
  readonly label?: string
  /** A damaged card: it lies in the reader and gives no ATR. */
  readonly mute?: boolean
  /** Lets power fail at the `write`-th persistent write from now on (1 = the first). */
  readonly planPowerCut?: (plan: { readonly write: number; readonly at: 'before' | 'inside' | 'after' }) => void
  readonly snapshot?: () => unknown
  readonly restore?: (snapshot: unknown) => void
}

export interface ReaderOptions {
  /** A keypad at the reader: PC/SC part 10 features are offered only with it. */
  readonly pinPad?: PinPad
  /** A motor that puts the card out on SCARD_EJECT_CARD; without it that does nothing to the card. Default: false. */
  readonly motor?: boolean
}
