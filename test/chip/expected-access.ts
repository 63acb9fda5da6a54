/**
 * Who may do what, written down a second time by hand from facts 2.2–2.8 and 3.3–3.9, for the tests to hold against the
 * chip. It knows nothing of the chip's layouts.
 */
import { type ApplicationName, PINS } from './card.ts'

/** A PIN by its EF, `free`, or `terminal` for 特定機関認証. Any one of the list is enough. */
export type Expected = readonly (number | 'free' | 'terminal')[]

export interface ExpectedApplication {
  /** PIN references with their values; only these can be verified. */
  readonly pins: Readonly<Record<number, string>>
  readonly files: Readonly<Record<number, Expected>>
  readonly records: Readonly<Record<number, Expected>>
  /** COMPUTE DIGITAL SIGNATURE and INTERNAL AUTHENTICATE by key. */
  readonly sign: Readonly<Record<number, Expected>>
  readonly authenticate: readonly number[]
  /** Which command changes which PIN, after VERIFY of the same PIN. */
  readonly change24: readonly number[]
  readonly change32: readonly number[]
  /** Files without a short EF identifier. */
  readonly selectOnly: readonly number[]
  /** IEFs that can be selected and used for nothing. */
  readonly silent: readonly number[]
}

const NONE = {
  files: {},
  records: {},
  sign: {},
  authenticate: [],
  change24: [],
  change32: [],
  selectOnly: [],
  silent: [],
}

export const EXPECTED: Readonly<Record<Exclude<ApplicationName, 'isd'>, ExpectedApplication>> = {
  common: {
    ...NONE,
    pins: { 28: PINS.juki },
    records: { 1: ['free'], 2: ['free'] },
    sign: { 25: [] },
    authenticate: [0x19],
    change32: [0x1c],
    silent: [0x1e],
  },
  juki: {
    ...NONE,
    pins: { 28: PINS.juki },
    files: { 1: [] },
    records: { 2: ['free'] },
    change32: [0x1c],
    silent: [0x1e],
  },
  visual: {
    ...NONE,
    pins: { 17: PINS.birth, 18: PINS.b, 19: PINS.a },
    files: { 1: [0x11], 2: [0x12, 0x13], 3: ['free'], 4: ['free'], 5: [0x13], 6: [0x12, 0x13] },
    sign: { 26: ['free'] },
    silent: [0x14, 0x15, 0x1c, 0x1e],
  },
  text: {
    ...NONE,
    pins: { 17: PINS.text, 20: PINS.a, 21: PINS.b },
    files: {
      1: [0x11, 0x14],
      2: [0x11, 0x15],
      3: [0x11, 0x14, 0x15],
      4: ['free'],
      5: ['free'],
      6: [0x11, 0x14, 0x15],
      7: [0x11, 0x14, 0x15],
      8: ['free'],
    },
    sign: { 19: ['free'] },
    change24: [0x11],
    silent: [0x12, 0x1c, 0x1e],
  },
  jpki: {
    ...NONE,
    pins: { 24: PINS.auth, 27: PINS.sign },
    files: { 1: [0x1b], 2: ['free'], 6: ['free'], 8: ['free'], 9: [], 10: ['free'], 11: ['free'] },
    sign: { 23: [0x18, 'terminal'], 26: [0x1b] },
    change24: [0x18, 0x1b],
    silent: [0x05, 0x10, 0x16, 0x19, 0x1c, 0x1e],
  },
  licence: {
    ...NONE,
    pins: { 6: '****' },
    files: { 26: ['free'], 27: [0x06], 28: [0x06] },
    selectOnly: [0x1b],
  },
}

export const permits = (expected: Expected | undefined, verified: ReadonlySet<number | 'terminal'>): boolean =>
  expected?.some((proof) => proof === 'free' || verified.has(proof)) === true
