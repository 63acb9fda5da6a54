/**
 * The one place that tells what went to a card and what came back. Bodies are masked in both directions – PINs, keys,
 * certificates and personal data are in them – but for the few commands below, whose bodies are the same for everybody.
 */
import type { Clock } from '../../base/clock.ts'
import { hex } from '../../base/hex.ts'
import { type AllowList, redact } from '../../base/redaction.ts'
import { decodeCommand, decodeResponse } from '../command.ts'
import { ReaderError } from '../ports.ts'
import type { Layer } from './layer.ts'

export interface TraceLine {
  /** Milliseconds since 1970. */
  readonly at: number
  /** What the library was doing: `jpki: VERIFY auth PIN`. */
  readonly label: string
  readonly cla: number
  readonly ins: number
  readonly p1: number
  readonly p2: number
  /** Lengths of the command data, of the response data wanted and of those received, in bytes. */
  readonly lc: number
  readonly le: number
  readonly received?: number
  /** Absent when no whole answer came. */
  readonly sw?: number
  /** Why no answer came. */
  readonly trouble?: string
  readonly ms: number
  /** Hexadecimal, only where the body may be seen. */
  readonly sent?: string
  readonly answer?: string
}

const FIELDS = {
  at: 'number',
  label: 'label',
  cla: 'number',
  ins: 'number',
  p1: 'number',
  p2: 'number',
  lc: 'number',
  le: 'number',
  received: 'number',
  sw: 'number',
  trouble: 'code',
  ms: 'number',
  sent: 'hex',
  answer: 'hex',
} as const satisfies AllowList & Record<keyof TraceLine, unknown>

export type TraceSink = (line: TraceLine) => void

/** Names of applications and files, and the contact ATR: `CLA INS` or `CLA INS P1 P2`. */
const SENT_MAY_BE_SEEN = new Set(['00A4'])
const ANSWER_MAY_BE_SEEN = new Set(['00CA5F51'])

/** Stands next to the wire. `label` is asked at each command. */
export const trace =
  (sink: TraceSink, clock: Clock, label: () => string): Layer =>
  (next) =>
  async (apdu) => {
    const sent = decodeCommand(apdu)
    const [cla = 0, ins = 0, p1 = 0, p2 = 0] = apdu
    const at = clock.now()
    const line = { at, label: label(), cla, ins, p1, p2, lc: sent?.data.length ?? 0, le: sent?.ne ?? 0 }
    const seen = sent !== undefined && SENT_MAY_BE_SEEN.has(hex(apdu.subarray(0, 2))) ? { sent: hex(sent.data) } : {}
    const tell = (rest: Partial<TraceLine>) =>
      sink(redact({ ...line, ...seen, ...rest, ms: clock.now() - at }, FIELDS) as unknown as TraceLine)
    try {
      const received = await next(apdu)
      const response = decodeResponse(received)
      if (response === undefined) tell({ trouble: 'communication' })
      else {
        const answer = ANSWER_MAY_BE_SEEN.has(hex(apdu.subarray(0, 4))) ? { answer: hex(response.data) } : {}
        tell({ received: response.data.length, sw: response.sw, ...answer })
      }
      return received
    } catch (error) {
      tell({ trouble: error instanceof ReaderError ? error.trouble.kind : 'internal' })
      throw error
    }
  }

const digits = (value: number, width: number) => value.toString(16).toUpperCase().padStart(width, '0')

/** One line of text: `jpki: VERIFY auth PIN  00 20 00 80  4 bytes → 63C2, 0 bytes, 12 ms`. */
export function formatTraceLine({ label, cla, ins, p1, p2, lc, le, received = 0, sw, trouble, ms }: TraceLine): string {
  const header = [cla, ins, p1, p2].map((byte) => digits(byte, 2)).join(' ')
  const outcome = sw === undefined ? (trouble ?? 'no answer') : digits(sw, 4)
  return `${label}  ${header}  Lc ${lc} Le ${le} → ${outcome}, ${received} bytes, ${ms} ms`
}
