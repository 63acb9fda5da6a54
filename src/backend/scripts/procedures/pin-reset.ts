/**
 * A forgotten or blocked PIN (facts 3.4, F21, F22): the card gets a one-time value under the issuer's channel, the script verifies it, and
 * the host lets the holder choose the new PIN in its place. What the holder types never comes here (rule 17, decision 0091). A PIN in two
 * places gets a value in each and one choice for both; 照合番号B, which nobody chooses, gets its tries back (decision 0164).
 */

import { ISSUER_SECURITY_DOMAIN } from '../../../applications/globalplatform/aid.ts'
import type { RandomSource } from '../../../base/clock.ts'
import { command } from '../../../card/command.ts'
import type { Resettable, ScriptPin } from '../../../wire/card-script.ts'
import { CODE_B_FILES, PIN_FILES, selectApplication } from '../card-files.ts'
import { oneTimeValue } from '../one-time-value.ts'
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
