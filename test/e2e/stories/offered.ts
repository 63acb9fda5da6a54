/** What the product offers, and how it can end: read off its own lists and its own text, for `table.test.ts`. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type FailureCode, isFailureCode } from '../../../src/base/failures/catalogue.ts'
import { offeredAt, offeredWithoutStaff } from '../../../src/procedures/catalogue.ts'
import { STAFFED, TERMINAL_ROLES } from '../../../src/wire/backend-roles.ts'
import { type Resettable, resettable } from '../../../src/wire/card-script.ts'
import { type PinName, type ProcedureName, pinName } from '../../../src/wire/view.ts'
import type { Story } from './story.ts'

type Face = Story['face']

/** With staff opposite, at a screen on one’s own, in the reservation app. */
export const OFFERED: Readonly<Record<Face, readonly ProcedureName[]>> = {
  counter: distinct(STAFFED.flatMap(offeredAt)),
  kiosk: distinct(TERMINAL_ROLES.filter((role) => role !== 'resetApp').flatMap(offeredWithoutStaff)),
  phone: offeredWithoutStaff('resetApp'),
}

function distinct<T>(all: readonly T[]): readonly T[] {
  return [...new Set(all)]
}

/** Procedures that are about one PIN which somebody chooses. */
export const ABOUT: Readonly<Partial<Record<ProcedureName, readonly (PinName | Resettable)[]>>> = {
  pinChange: pinName.options,
  counterPinReset: resettable.options,
}

const FILES: Readonly<Record<ProcedureName, string>> = {
  pinStatus: 'pin-status.ts',
  pinChange: 'pin-change.ts',
  signPinReset: 'kiosk-pin-reset.ts',
  authPinReset: 'kiosk-pin-reset.ts',
  counterPinReset: 'counter-pin-reset.ts',
  preDelivery: 'pre-delivery.ts',
  delivery: 'delivery.ts',
  reserveSignReset: 'reserve-reset.ts',
  reserveAuthReset: 'reserve-reset.ts',
}

const ROOM = join(import.meta.dirname, '../../../src/procedures')
/** One table for every refusal of the backend there is: a screen shows them alike, and which of them comes is the backend's business. */
const REFUSALS = join(ROOM, 'steps/refusal.ts')

/** Failures that a procedure names itself, or a step that it takes; and those that stop any turn. */
export function failuresOf(procedure: ProcedureName): ReadonlySet<FailureCode> {
  const found = new Set<FailureCode>(['cancelled', 'idle', 'cardGone'])
  const seen = new Set([REFUSALS])
  const read = (path: string) => {
    if (seen.has(path)) return
    seen.add(path)
    const text = readFileSync(path, 'utf8')
    for (const [, code = ''] of text.matchAll(/(?:\bfailed\(|return |(?<!kind|code)[?:] )'(\w+)'/g))
      if (isFailureCode(code)) found.add(code)
    if (/\bbackend\.call\(/.test(text)) found.add('backendUnreachable')
    for (const [, from = ''] of text.matchAll(/^import (?!type )[^;]*? from '(\.[^']+)'/gm))
      if (join(dirname(path), from).startsWith(ROOM)) read(join(dirname(path), from))
  }
  read(join(ROOM, FILES[procedure]))
  return found
}
