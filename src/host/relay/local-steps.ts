/** The steps of a script that only the holder can do: their PIN verified, their new PIN written – by the host, never by the backend. */
import { COMMON_PIN } from '../../applications/common/common-session.ts'
import { selectFile } from '../../applications/file/select-file.ts'
import { PINS as JPKI_PINS } from '../../applications/jpki/jpki-files.ts'
import { JUKI_PIN } from '../../applications/juki/juki-session.ts'
import { sendNewPin } from '../../applications/pin/change-pin.ts'
import { type PinRef, pinStatus, verifyPin } from '../../applications/pin/verify-pin.ts'
import { TEXT_PINS } from '../../applications/text/text-session.ts'
import type { Secret } from '../../base/secret.ts'
import type { Transaction } from '../../card/transaction-hold.ts'
import type { LocalSteps } from '../../procedures/script-line.ts'
import type { PinPlace, ScriptPin, ScriptStep } from '../../wire/card-script.ts'

type LocalStep = Extract<ScriptStep, { kind: 'local' }>
export type LocalDone = 'done' | 'cancelled' | 'pinBlocked'

/** The reference that a PIN is in a place. The guard has seen that the place is one of the PIN's. */
function referenceOf(pin: ScriptPin, place: PinPlace): PinRef {
  switch (pin) {
    case 'sign':
    case 'auth':
      return JPKI_PINS[pin]
    case 'text':
      return TEXT_PINS.pin
    case 'juki':
      return place === 'common' ? COMMON_PIN : JUKI_PIN
  }
}

export interface PinKeeper {
  perform(tx: Transaction, step: LocalStep): Promise<LocalDone>
  /** Zeroes what was chosen. */
  forget(): void
}

/** Of one script: a PIN that is chosen at one step is written at all later ones of the same PIN. */
export function pinKeeper(local: LocalSteps): PinKeeper {
  const chosen = new Map<ScriptPin, Promise<Uint8Array>>()
  const over = Promise.withResolvers<void>()

  /** The one use of the secret lasts as long as the script. */
  const opened = (secret: Secret): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      secret
        .use(async (bytes) => {
          resolve(bytes)
          await over.promise
        })
        .catch(reject)
    })

  async function choose(pin: ScriptPin): Promise<Uint8Array | undefined> {
    const before = chosen.get(pin)
    if (before !== undefined) return before
    const secret = await local.newPin?.(pin)
    if (secret === undefined) return undefined
    const bytes = opened(secret)
    chosen.set(pin, bytes)
    return bytes
  }

  return {
    async perform(tx, { action, pin, place }) {
      const reference = referenceOf(pin, place)
      if (action === 'verifyPin') return prove(tx, reference, pin, local)
      const bytes = await choose(pin)
      if (bytes === undefined) return 'cancelled'
      await selectFile(tx, reference)
      await sendNewPin(tx, reference, pin === 'juki' ? 'changeKey' : 'changeReferenceData', bytes)
      return 'done'
    },
    forget: () => over.resolve(),
  }
}

/** One prompt, at most one try; asked again while there is one, the last only after a yes. */
async function prove(tx: Transaction, reference: PinRef, pin: ScriptPin, local: LocalSteps): Promise<LocalDone> {
  for (let wrong = false; ; wrong = true) {
    const status = await pinStatus(tx, reference)
    if (status.kind === 'blocked' || status.kind === 'missing') return 'pinBlocked'
    const triesLeft = status.kind === 'open' ? status.triesLeft : undefined
    if (triesLeft === 1 && (await local.confirmLastTry?.(pin)) !== true) return 'cancelled'
    const entry = await local.verifyPin?.(pin, { wrong, ...(triesLeft === undefined ? {} : { triesLeft }) })
    if (entry === undefined) return 'cancelled'
    const verified = await verifyPin(tx, reference, entry, 'agreed')
    if (verified.kind === 'verified') return 'done'
    if (verified.kind === 'blocked' || verified.kind === 'missing') return 'pinBlocked'
  }
}
