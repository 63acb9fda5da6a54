/** VERIFY_PIN_DIRECT and MODIFY_PIN_DIRECT: prompts at the keypad, then one command to the card. */
import type { CardHandle } from '../reader/card-sharing.ts'
import { SCARD } from '../reader/scard.ts'
import type { ExchangeResult } from '../reader/virtual-reader.ts'
import { insertPin, type PinFormat, type PinModify, type PinVerify } from './pin-block.ts'
import type { PinPad, PinPadEntry, PinPadPrompt } from './pin-pad.ts'

/** Status words of the reader itself (PC/SC part 10, 2.5.2 and 2.5.3). */
const TIMEOUT = Uint8Array.of(0x64, 0x00)
const CANCELLED = Uint8Array.of(0x64, 0x01)
const NEW_PINS_DIFFER = Uint8Array.of(0x64, 0x02)
const PIN_LENGTH = Uint8Array.of(0x64, 0x03)
export const INVALID_PARAMETER = Uint8Array.of(0x6b, 0x80)

type Done = (result: ExchangeResult) => void
type Ask = (purpose: PinPadPrompt['purpose']) => Promise<PinPadEntry>

/** Holds the card while somebody types; whoever takes the card or the reader away ends the entry at once. */
function atKeypad(
  handle: CardHandle,
  pinPad: PinPad,
  format: PinFormat,
  done: Done,
  build: (ask: Ask) => Promise<{ readonly command: Uint8Array } | { readonly refusal: Uint8Array }>,
): void {
  const { reader } = handle.sharing
  const { minLength, maxLength, timeoutSeconds } = format
  const keypad = new AbortController()
  handle.sharing.occupy<Uint8Array>(handle, done, (finish) => {
    let open = true
    const close = (result: ExchangeResult) => {
      if (!open) return
      open = false
      handle.interrupt = undefined
      keypad.abort()
      finish(result)
    }
    handle.interrupt = () => close(handle.notice || SCARD.E_CANCELLED)
    build((purpose) =>
      pinPad({ reader: reader.name, purpose, minLength, maxLength, timeoutSeconds }, keypad.signal),
    ).then(
      (built) => {
        if ('refusal' in built) close(built.refusal)
        else if (open) reader.exchange(built.command, close)
        if ('command' in built) built.command.fill(0)
      },
      () => close(CANCELLED),
    )
  })
}

/** One PIN at the keypad, or the status word that says why not. */
async function askPin(
  ask: Ask,
  purpose: PinPadPrompt['purpose'],
  format: PinFormat,
): Promise<{ pin: Uint8Array } | { refusal: Uint8Array }> {
  const entry = await ask(purpose)
  if (entry === 'cancelled') return { refusal: CANCELLED }
  if (entry === 'timeout') return { refusal: TIMEOUT }
  if (entry.length >= format.minLength && entry.length <= format.maxLength) return { pin: entry }
  entry.fill(0)
  return { refusal: PIN_LENGTH }
}

export function verifyOnPinPad(handle: CardHandle, pinPad: PinPad, request: PinVerify, done: Done): void {
  const { format, template } = request
  atKeypad(handle, pinPad, format, done, async (ask) => {
    const entry = await askPin(ask, 'verify', format)
    if ('refusal' in entry) return entry
    const command = insertPin(template, entry.pin, format, 0)
    entry.pin.fill(0)
    return command === undefined ? { refusal: INVALID_PARAMETER } : { command }
  })
}

export function modifyOnPinPad(handle: CardHandle, pinPad: PinPad, request: PinModify, done: Done): void {
  const { format } = request
  atKeypad(handle, pinPad, format, done, async (ask) => {
    // Whatever was typed is overwritten, however the entry ends.
    const typed: Uint8Array[] = []
    const askFor = async (purpose: PinPadPrompt['purpose']) => {
      const answered = await askPin(ask, purpose, format)
      if ('pin' in answered) typed.push(answered.pin)
      return answered
    }
    try {
      let command: Uint8Array | undefined = request.template
      if (request.askCurrent) {
        const current = await askFor('current')
        if ('refusal' in current) return current
        command = insertPin(command, current.pin, format, request.offsetOld)
        if (command !== undefined) typed.push(command)
      }
      const entry = await askFor('new')
      if ('refusal' in entry) return entry
      if (request.confirmNew) {
        const again = await askFor('confirm')
        if ('refusal' in again) return again
        if (Buffer.compare(again.pin, entry.pin) !== 0) return { refusal: NEW_PINS_DIFFER }
      }
      const full = command && insertPin(command, entry.pin, format, request.offsetNew)
      return full === undefined ? { refusal: INVALID_PARAMETER } : { command: full }
    } finally {
      for (const bytes of typed) bytes.fill(0)
    }
  })
}
