/** Structured log lines from a closed list of fields: nothing of a request's content can get in. */

export interface LogLine {
  readonly event: 'request' | 'started' | 'stopping' | 'stopped' | 'background failed' | 'self-test failed'
  /** Pattern of the endpoint, never the address itself. */
  readonly endpoint?: string
  readonly status?: number
  readonly ms?: number
  readonly terminal?: string
  /** Refusal code, or the name of an error's class: never its message. */
  readonly code?: string
}

export type Log = (line: LogLine) => void

/** One JSON object a line. */
export const jsonLog =
  (out: (line: string) => void, now: () => number): Log =>
  ({ event, endpoint, status, ms, terminal, code }) =>
    out(JSON.stringify({ at: new Date(now()).toISOString(), event, endpoint, status, ms, terminal, code }))
