/**
 * A recorded session as readable text, one step a line, after comments on what it is:
 *
 *   connect shared T=1 3BE000FF8131FE4514 Some Reader 00 00
 *   begin
 *   # SELECT
 *   > 00A4040C0AD392F000260100000001
 *   < 9000
 *   # VERIFY
 *   > 00200018 masked
 *   < 9000
 *   # READ BINARY
 *   > 00B0000000
 *   < masked 256 9000
 *   ! cardGone
 *   end leave · reconnect reset 3BE0… · pinpad 00200018 · disconnect leave
 *
 * `!` stands in an answer's place and names a trouble of the reader (`ReaderTrouble`).
 */
import { fromHex, hex } from '../../src/base/hex.ts'
import type { Disposition, Protocol, ReaderTrouble, ShareMode } from '../../src/card/ports.ts'

export type Command = { readonly shown: Uint8Array } | { readonly header: Uint8Array }
export type Answer =
  | { readonly shown: Uint8Array }
  | { readonly length: number; readonly status: Uint8Array }
  | { readonly trouble: ReaderTrouble['kind'] }

export type Step =
  | {
      readonly kind: 'connect'
      readonly mode: ShareMode
      readonly protocol: Protocol
      readonly atr: Uint8Array
      readonly reader: string
    }
  | { readonly kind: 'begin' }
  | { readonly kind: 'end' | 'disconnect'; readonly disposition: Disposition }
  | { readonly kind: 'reconnect'; readonly disposition: Disposition; readonly atr: Uint8Array }
  | { readonly kind: 'pinpad'; readonly header: Uint8Array }
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'answer'; readonly answer: Answer }

export const TITLE = '# Madoguchi recording 1. Secrets are removed, and of a real card what it answered.'

export function formatStep(step: Step): string {
  switch (step.kind) {
    case 'connect':
      return `connect ${step.mode} ${step.protocol} ${hex(step.atr) || '-'} ${step.reader}`
    case 'begin':
      return 'begin'
    case 'end':
    case 'disconnect':
      return `${step.kind} ${step.disposition}`
    case 'reconnect':
      return `reconnect ${step.disposition} ${hex(step.atr)}`
    case 'pinpad':
      return `pinpad ${hex(step.header)}`
    case 'command':
      return 'shown' in step.command ? `> ${hex(step.command.shown)}` : `> ${hex(step.command.header)} masked`
    case 'answer':
      return formatAnswer(step.answer)
  }
}

function formatAnswer(answer: Answer): string {
  if ('trouble' in answer) return `! ${answer.trouble}`
  return 'shown' in answer ? `< ${hex(answer.shown)}` : `< masked ${answer.length} ${hex(answer.status)}`
}

export interface NumberedStep {
  readonly line: number
  readonly step: Step
}

/** Throws SyntaxError naming the line. Empty lines and comments are passed over. */
export function parseRecording(text: string): NumberedStep[] {
  return text.split('\n').flatMap((source, at) => {
    const trimmed = source.trim()
    if (trimmed === '' || trimmed.startsWith('#')) return []
    const step = parseStep(trimmed.split(' '))
    if (step === undefined) throw new SyntaxError(`recording, line ${at + 1}: this is no step`)
    return [{ line: at + 1, step }]
  })
}

const HEX = /^([0-9A-Fa-f]{2})*$/
const MODES: readonly string[] = ['shared', 'exclusive', 'direct'] satisfies ShareMode[]
const PROTOCOLS: readonly string[] = ['T=0', 'T=1', 'raw'] satisfies Protocol[]
const DISPOSITIONS: readonly string[] = ['leave', 'reset', 'unpower', 'eject'] satisfies Disposition[]
const TROUBLES: readonly string[] = [
  'serviceDown',
  'protocolMismatch',
  'noRights',
  'noReader',
  'readerGone',
  'inUse',
  'noCard',
  'cardGone',
  'mute',
  'cardReset',
  'communication',
  'deadline',
  'cancelled',
  'unexpected',
] satisfies ReaderTrouble['kind'][]

const bytes = (text: string | undefined): Uint8Array | undefined =>
  text !== undefined && HEX.test(text) ? fromHex(text) : undefined

function parseStep([word, ...rest]: readonly string[]): Step | undefined {
  const [first, second, third] = rest
  const disposition = DISPOSITIONS.includes(first ?? '') ? (first as Disposition) : undefined
  if (word === 'begin' && rest.length === 0) return { kind: 'begin' }
  if ((word === 'end' || word === 'disconnect') && disposition !== undefined) return { kind: word, disposition }
  if (word === 'connect') {
    const atr = third === '-' ? new Uint8Array() : bytes(third)
    if (!MODES.includes(first ?? '') || !PROTOCOLS.includes(second ?? '') || atr === undefined) return undefined
    const reader = rest.slice(3).join(' ')
    return { kind: 'connect', mode: first as ShareMode, protocol: second as Protocol, atr, reader }
  }
  if (word === 'reconnect') {
    const atr = bytes(second)
    return disposition === undefined || atr === undefined ? undefined : { kind: 'reconnect', disposition, atr }
  }
  if (word === '!' && TROUBLES.includes(first ?? ''))
    return { kind: 'answer', answer: { trouble: first as ReaderTrouble['kind'] } }
  if (word === '<' && first === 'masked') {
    const status = bytes(third)
    if (!/^\d{1,5}$/.test(second ?? '') || status?.length !== 2) return undefined
    return { kind: 'answer', answer: { length: Number(second), status } }
  }
  const content = bytes(first)
  if (content === undefined || content.length === 0) return undefined
  if (word === 'pinpad') return { kind: 'pinpad', header: content }
  if (word === '<') return { kind: 'answer', answer: { shown: content } }
  if (word === '>' && second === 'masked') return { kind: 'command', command: { header: content } }
  return word === '>' && second === undefined ? { kind: 'command', command: { shown: content } } : undefined
}
