/**
 * A forgotten or blocked PIN (facts 3.4, F21, F22): the card gets a one-time value under the issuer's channel, the script verifies it, and
 * the host lets the holder choose the new PIN in its place. What the holder types never comes here (rule 17, decision 0091). A PIN in two
 * places gets a value in each and one choice for both; 照合番号B, which nobody chooses, gets its tries back (decision 0164).
 */

import { ISSUER_SECURITY_DOMAIN } from '../../../applications/globalplatform/aid.ts'
import { ascii, concat } from '../../../base/bytes.ts'
import type { RandomSource } from '../../../base/clock.ts'
import { command } from '../../../card/command.ts'
import type { Resettable, ScriptPin } from '../../../wire/card-script.ts'
import { CODE_B_FILES, PIN_FILES, selectApplication } from '../card-files.ts'
import { forApplication, resetRetryCounter, restoreTries } from '../personalise.ts'
import { clear, type PlannedStep, type ScriptProcedure, secured } from '../procedure.ts'

export interface PinResetFacts {
  readonly pin: Resettable
  readonly done?: true
}

export const pinResetProcedure: ScriptProcedure<PinResetFacts> = {
  name: 'pinReset',
  domain: () => ({ aid: ISSUER_SECURITY_DOMAIN }),
  async next({ pin, done }, { parts }) {
    if (done === true) return { finished: { pin } }
    return { name: 'reset', steps: pin === 'codeB' ? releasing() : choosing(pin, parts.random) }
  },
  learn: (facts) => ({ ...facts, done: true }),
  // Whether the value was set is unknown; another one is.
  doubt: ({ pin }) => ({ pin }),
}

const releasing = (): readonly PlannedStep[] =>
  CODE_B_FILES.flatMap(({ aid, fid }) => [...forApplication(aid), secured(restoreTries(fid))])

/** All that needs the channel comes first: the selection of an application ends it. */
function choosing(pin: ScriptPin, random: RandomSource): readonly PlannedStep[] {
  const places = PIN_FILES[pin].map((file) => ({ ...file, value: oneTimeValue(pin, random) }))
  return [
    ...places.flatMap(({ aid, fid, value }) => [...forApplication(aid), secured(resetRetryCounter(fid, value))]),
    ...places.flatMap(({ place, aid, fid, value }): readonly PlannedStep[] => [
      clear('SELECT application', selectApplication(aid)),
      clear('VERIFY one-time value', command(0x00, 0x20, 0x00, 0x80 | fid, { data: value })),
      { kind: 'local', label: `CHANGE ${pin}`, action: 'newPin', pin, place },
    ]),
  ]
}

const DIGITS = '0123456789'
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** In the form the card takes (facts 3.1): four digits, or 16 letters and digits with both among them. */
function oneTimeValue(pin: ScriptPin, random: RandomSource): Uint8Array {
  const pick = (alphabet: string, count: number) => {
    let out = ''
    while (out.length < count) {
      const [byte = 0] = random.bytes(1)
      // Every character equally often: what is left over at the end of the byte's range is thrown away.
      if (byte < 256 - (256 % alphabet.length)) out += alphabet[byte % alphabet.length]
    }
    return ascii(out)
  }
  return pin === 'sign' ? concat(pick(LETTERS, 1), pick(DIGITS, 1), pick(LETTERS + DIGITS, 14)) : pick(DIGITS, 4)
}
