/** A keypad whose keys are pressed through the control API: prompts wait until an entry arrives. */
import type { PinPad, PinPadEntry, PinPadPrompt } from '../pin-pad/pin-pad.ts'

interface Open {
  readonly prompt: PinPadPrompt
  readonly settle: (entry: PinPadEntry) => void
}

export class Keypad {
  #open: Open | undefined

  /** What the reader asks for now. */
  get prompt(): PinPadPrompt | undefined {
    return this.#open?.prompt
  }

  readonly pinPad: PinPad = (prompt, signal) =>
    new Promise((resolve) => {
      const settle = (entry: PinPadEntry) => {
        this.#open = undefined
        clearTimeout(timer)
        signal.removeEventListener('abort', cancel)
        resolve(entry)
      }
      const cancel = () => settle('cancelled')
      const timer =
        prompt.timeoutSeconds === 0
          ? undefined
          : setTimeout(() => settle('timeout'), 1000 * prompt.timeoutSeconds).unref()
      signal.addEventListener('abort', cancel)
      this.#open = { prompt, settle }
    })

  /** Types an entry, or presses the cancel key. False when the reader asks for nothing. */
  enter(entry: PinPadEntry): boolean {
    const open = this.#open
    open?.settle(entry)
    return open !== undefined
  }
}
