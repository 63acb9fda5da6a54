/** The four PINs of a holder, whichever application each lives in (facts 3.1). */
import { JpkiSession } from '../applications/jpki/jpki-session.ts'
import {
  changeResidentRegisterPin,
  type RegisterPinChanged,
  residentRegisterPinStatus,
} from '../applications/juki/resident-register-pin.ts'
import type { PinChange } from '../applications/pin/change-pin.ts'
import { FOUR_DIGITS, type PinFormat, SIGN_PASSWORD } from '../applications/pin/pin-format.ts'
import type { PinStatus as CardPinStatus } from '../applications/pin/verify-pin.ts'
import { TextSession } from '../applications/text/text-session.ts'
import type { Transaction } from '../card/transaction-hold.ts'
import type { PinName, PinStatus } from '../wire/view.ts'

interface PinVerbs {
  readonly format: PinFormat
  status(tx: Transaction): Promise<CardPinStatus>
  change(tx: Transaction, change: PinChange): Promise<RegisterPinChanged>
}

export const PINS: Readonly<Record<PinName, PinVerbs>> = {
  sign: {
    format: SIGN_PASSWORD,
    status: async (tx) => (await JpkiSession.open(tx)).pinStatus('sign'),
    change: async (tx, change) => (await JpkiSession.open(tx)).changePin('sign', change),
  },
  auth: {
    format: FOUR_DIGITS,
    status: async (tx) => (await JpkiSession.open(tx)).pinStatus('auth'),
    change: async (tx, change) => (await JpkiSession.open(tx)).changePin('auth', change),
  },
  text: {
    format: FOUR_DIGITS,
    status: async (tx) => (await TextSession.open(tx)).pinStatus('pin'),
    change: async (tx, change) => (await TextSession.open(tx)).changePin(change),
  },
  juki: { format: FOUR_DIGITS, status: residentRegisterPinStatus, change: changeResidentRegisterPin },
}

/** All four as a person is told of them. Reading spends no try. */
export async function readPins(tx: Transaction): Promise<PinStatus[]> {
  const pins: PinStatus[] = []
  for (const pin of Object.keys(PINS) as PinName[]) pins.push(await readPin(tx, pin))
  return pins
}

export const readPin = async (tx: Transaction, pin: PinName): Promise<PinStatus> =>
  toldAs(pin, await PINS[pin].status(tx))

function toldAs(pin: PinName, status: CardPinStatus): PinStatus {
  switch (status.kind) {
    case 'open':
      return { pin, state: 'good', triesLeft: status.triesLeft }
    case 'unlimited':
      return { pin, state: 'good', triesLeft: 15 }
    case 'blocked':
    case 'missing':
      return { pin, state: status.kind, triesLeft: 0 }
  }
}
