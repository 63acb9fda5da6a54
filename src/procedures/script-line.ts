/** A card script as a procedure sees it: what is asked for, the steps only the holder can do, and how it ended. */
import type { z } from 'zod'
import type { FailureCode } from '../base/failures/catalogue.ts'
import type { Secret } from '../base/secret.ts'
import type { BackendErrorCode } from '../wire/backend-errors.ts'
import type { SCRIPT_ENDPOINTS } from '../wire/backend-scripts.ts'
import type { ScriptPin } from '../wire/card-script.ts'
import type { HolderCard } from './holder-card.ts'

export type ScriptAsk = z.output<(typeof SCRIPT_ENDPOINTS)['openScript']['body']>['ask']

/** PINs of a script's local steps, asked before the script begins where that can be, so that the card waits for nobody. */
export interface LocalSteps {
  /** The PIN the holder has now; `wrong`: the one before was not it. Undefined: they went back, and the script ends. */
  readonly verifyPin?: (pin: ScriptPin, asked: PinAsked) => Promise<Secret | undefined>
  /** One try is left: does the holder want to go on? Without this, nobody does. */
  readonly confirmLastTry?: (pin: ScriptPin) => Promise<boolean>
  /** The PIN the holder chose. */
  readonly newPin?: (pin: ScriptPin) => Promise<Secret>
}

export interface PinAsked {
  readonly wrong: boolean
  readonly triesLeft?: number
}

export type ScriptEnding =
  | { readonly kind: 'finished'; readonly result: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly code: BackendErrorCode; readonly detail?: string }
  /** The card, the relay's guard or the line ended it: the failure that the person is told. */
  | { readonly kind: 'failed'; readonly failure: FailureCode }

/** An order that was cut: by a pulled card, a lost line, the end of this program. */
export interface CutOrder {
  readonly ask: ScriptAsk
  /** It had come to its end by itself; nobody was told. */
  readonly finished: boolean
}

export interface ScriptLine {
  /**
   * Writes down that `run` is going to be called with these words, so that it can be, whatever happens in between: for what is used up
   * before the script begins.
   */
  announce(serial: string, ask: ScriptAsk): Promise<void>
  /** It is not going to be. */
  withdraw(serial: string, ask: ScriptAsk): Promise<void>
  /** What was begun with this card at this terminal and has no end. Reports that wait are sent first. `run` with the same words goes on. */
  cut(serial: string): Promise<readonly CutOrder[]>
  /**
   * Opens a session for the card of this serial (P6) and relays it to its end: guard, one transaction a script, every batch
   * reported, journalled before it is acted on. Rejects with `Stopped`.
   */
  run(card: HolderCard, serial: string, ask: ScriptAsk, local: LocalSteps): Promise<ScriptEnding>
}
