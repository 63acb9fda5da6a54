/**
 * What of a command and its answer may be written down. Masked by default, in both directions: only what is on the list below is
 * shown, and of everything else the header, the answer's length and the status word.
 */

/** Whose card it is decides what an answer may hold: a person's data, or an invented person's. */
export type CardKind = 'real' | 'simulated'

interface Rule {
  readonly name: string
  /** May the command's data field be shown? The answer's? */
  readonly command: 'show' | 'mask' | 'simulated'
  readonly answer: 'show' | 'mask' | 'simulated'
}

/** By INS (ISO/IEC 7816-4:2020, table 5; JICSAP), for CLA 00 and 80. */
const RULES: Readonly<Record<number, Rule>> = {
  164: { name: 'SELECT', command: 'show', answer: 'show' },
  176: { name: 'READ BINARY', command: 'show', answer: 'simulated' },
  178: { name: 'READ RECORD', command: 'show', answer: 'simulated' },
  202: { name: 'GET DATA', command: 'show', answer: 'simulated' },
  203: { name: 'GET DATA', command: 'show', answer: 'simulated' },
  192: { name: 'GET RESPONSE', command: 'show', answer: 'simulated' },
  132: { name: 'GET CHALLENGE', command: 'show', answer: 'simulated' },
  42: { name: 'PERFORM SECURITY OPERATION', command: 'simulated', answer: 'simulated' },
  136: { name: 'INTERNAL AUTHENTICATE', command: 'simulated', answer: 'simulated' },
  242: { name: 'GET STATUS', command: 'show', answer: 'show' },
  32: { name: 'VERIFY', command: 'mask', answer: 'mask' },
  36: { name: 'CHANGE REFERENCE DATA', command: 'mask', answer: 'mask' },
  44: { name: 'RESET RETRY COUNTER', command: 'mask', answer: 'mask' },
}

const ruleOf = (command: Uint8Array): Rule | undefined =>
  command[0] === 0x00 || command[0] === 0x80 ? RULES[command[1] ?? -1] : undefined

/** The command's name, for people. */
export const nameOf = (command: Uint8Array): string =>
  ruleOf(command)?.name ?? (isSecured(command) ? 'a command under secure messaging' : 'another command')

const isSecured = (command: Uint8Array): boolean => ((command[0] ?? 0) & 0x0c) !== 0

/** No data field: a header, perhaps with Le (ISO/IEC 7816-3:2006, 12.1.3, cases 1, 2S and 2E). */
const hasNoData = (command: Uint8Array): boolean => command.length <= 5 || (command.length === 7 && command[4] === 0)

const allows = (rule: 'show' | 'mask' | 'simulated' | undefined, kind: CardKind): boolean =>
  rule === 'show' || (rule === 'simulated' && kind === 'simulated')

export const showsCommand = (command: Uint8Array, kind: CardKind): boolean =>
  hasNoData(command) || allows(ruleOf(command)?.command, kind)

export const showsAnswer = (command: Uint8Array, answer: Uint8Array, kind: CardKind): boolean =>
  answer.length <= 2 || allows(ruleOf(command)?.answer, kind)
