/**
 * The table of everything that people go through in the browser – procedure × face × ending × size – held against what the product offers:
 * whoever adds a procedure, a PIN or a reason to fail adds a story, or says here why nobody comes to it at a screen.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { FailureCode } from '../../../src/base/failures/catalogue.ts'
import { type Hindrance, hindrance } from '../../../src/wire/staff-view.ts'
import type { ProcedureName } from '../../../src/wire/view.ts'
import { SIZES as PHONES } from '../phone.ts'
import { ABOUT, failuresOf, OFFERED } from './offered.ts'
import { STORIES } from './stories.ts'
import { COUNTER_SIZES, type Ending, KIOSK_SIZES, type Story } from './story.ts'

const ALL: readonly Story[] = Object.values(STORIES).flat()
type Face = Story['face']
const FACES = ['counter', 'kiosk', 'phone'] as const satisfies readonly Face[]
const SIZES: Readonly<Record<Face, readonly string[]>> = {
  counter: Object.keys(COUNTER_SIZES),
  kiosk: KIOSK_SIZES,
  phone: Object.keys(PHONES),
}

/** Failures and hindrances in the product’s text that nobody comes to at this face, and why. */
const NOT_HERE: readonly { face?: Face; procedures?: readonly ProcedureName[]; ending: Ending; why: string }[] = [
  {
    ending: 'pinMissing',
    why: 'a PIN that the card does not have cannot be pressed, and no certificate is there without it',
  },
  { ending: 'pinExpired', why: 'an entry is used in the same breath; test/procedures lets clocks jump' },
  { ending: 'pinHalfChanged', why: 'the chip itself refuses its second write: test/procedures, sweeps of a change' },
  { ending: 'notOffered', why: 'no screen has a button for it' },
  {
    ...{ procedures: ['signPinReset', 'authPinReset', 'reserveSignReset', 'reserveAuthReset'], ending: 'pinBlocked' },
    why: 'the person wants the other PIN, and is told of this one as that',
  },
  ...(['faceNotMatched', 'simulatedFaceRefused', 'faceCheckAway'] as const).map((ending) => ({
    ...{ procedures: ['signPinReset', 'authPinReset'] as const, ending },
    why: 'said to the reservation app',
  })),
  ...(['cardNotInState', 'resetFaceAuthCard'] as const).map((ending) => ({
    ...{ face: 'counter' as const, ending },
    why: 'the button cannot be pressed, and says so: hindered',
  })),
  ...(['cancelled', 'idle'] as const).map((ending) => ({
    ...{ face: 'counter' as const, procedures: ['preDelivery'] as const, ending },
    why: 'the card lies there before, and nothing is asked while it is written',
  })),
  { face: 'phone', ending: 'certificateMissing', why: 'who has no certificate is told of the PIN that goes with it' },
  { face: 'phone', ending: 'simulatedFaceRefused', why: 'a backend outside a simulation says it: test/procedures' },
  { face: 'phone', ending: 'noReservation', why: 'said to the kiosk' },
  { face: 'phone', ending: 'kioskClosed', why: 'said to the kiosk' },
  { face: 'kiosk', ending: 'wrongPerson', why: 'no staff have picked anybody' },
  {
    ending: 'hindered: notForThisPlace',
    why: 'said at a post office, of what a town alone offers: test/staff/procedures.test.ts',
  },
]

const told = (face: Face) =>
  ALL.filter((story) => story.face === face).flatMap(({ comesTo, size }) =>
    comesTo.map((event) => ({ ...event, size: size.replace(/ .*/, '') })),
  )

const isNotHere = (at: Face, procedure: ProcedureName, reason: Ending) =>
  NOT_HERE.some(
    ({ face = at, procedures = [procedure], ending }) =>
      face === at && procedures.includes(procedure) && ending === reason,
  )

/** One line for each ending, as it can be read in what a test run prints. */
const lineOf = (events: readonly { readonly ending: Ending; readonly size: string }[], ending: Ending): string =>
  `${ending} (${[...new Set(events.filter((one) => one.ending === ending).map(({ size }) => size))].join(' ')})`

for (const face of FACES)
  for (const procedure of OFFERED[face]) {
    const events = told(face).filter((event) => event.procedure === procedure)
    const endings = [...new Set(events.map(({ ending }) => ending))]
    const well = events.filter(({ ending }) => ending === 'done' || ending === 'seen')

    test(`${face}, ${procedure}: goes well on three sizes and with every PIN; every failure it names is told`, (t) => {
      t.diagnostic(`${face}, ${procedure}: ${endings.map((ending) => lineOf(events, ending)).join(', ')}`)
      assert.deepEqual(
        SIZES[face].filter((size) => !well.some((event) => event.size === size)),
        [],
        'sizes on which nobody goes through it',
      )
      assert.deepEqual(
        (ABOUT[procedure] ?? []).filter((pin) => !well.some((event) => event.pin === pin)),
        [],
        'PINs that nobody goes through it with',
      )
      assert.deepEqual(
        [...failuresOf(procedure)].filter((one) => !endings.includes(one) && !isNotHere(face, procedure, one)),
        [],
        'failures that no story comes to',
      )
      assert.deepEqual(
        endings.filter((one) => isNotHere(face, procedure, one)),
        [],
        'failures that are told in a story after all',
      )
    })
  }

test('every story is played', () => {
  for (const file of Object.keys(STORIES)) {
    const text = readFileSync(join(import.meta.dirname, `${file}.test.ts`), 'utf8')
    assert.ok(text.includes(`play(STORIES.${file})`), file)
  }
})

test('no story tells of a procedure that its face does not offer', () => {
  for (const face of FACES)
    assert.deepEqual(
      told(face).filter(({ procedure }) => !OFFERED[face].includes(procedure)),
      [],
    )
})

test('every reason why staff cannot begin something is read in a story', () => {
  const read = told('counter').map(({ ending }) => ending)
  const reasons = hindrance.options.map((reason) => `hindered: ${reason}` as const)
  assert.deepEqual(
    reasons.filter((one) => !read.includes(one) && !NOT_HERE.some(({ ending }) => ending === one)),
    [],
  )
})

test('what is said not to be told here is what a procedure names', () => {
  for (const { face, procedures, ending } of NOT_HERE) {
    const [, reason] = ending.split('hindered: ')
    const offered = face === undefined ? FACES.flatMap((one) => OFFERED[one]) : OFFERED[face]
    const named = offered
      .filter((procedure) => procedures?.includes(procedure) ?? true)
      .some((procedure) => failuresOf(procedure).has(ending as FailureCode))
    assert.ok(reason === undefined ? named : hindrance.options.includes(reason as Hindrance), ending)
  }
})
