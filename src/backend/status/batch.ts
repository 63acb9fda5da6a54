/** Batch checks as a stream of lines (NDJSON): one line in, one line out, nothing collected; other work goes between (P13). */
import { Refusal } from '../refusal.ts'
import type { Validity, ValidityQuery } from './validity.ts'

/** Longest line; the least to say is far shorter. */
const LONGEST_LINE = 512
/** Lines answered before other work of the process has its turn. */
const BREATH = 64

export type BatchAnswer = (Validity & { readonly line: number }) | { readonly line: number; readonly error: string }

/**
 * Answers each line of `input` with `check`. A bad line is answered by its own error and stops nobody; an endless one ends the
 * stream with `tooLarge`.
 */
export async function* batchCheck(
  input: AsyncIterable<Uint8Array>,
  parse: (line: string) => ValidityQuery | undefined,
  check: (query: ValidityQuery) => Promise<Validity>,
): AsyncGenerator<BatchAnswer> {
  let line = 0
  for await (const text of lines(input)) {
    line++
    const query = parse(text)
    if (query === undefined) yield { line, error: 'badInput' }
    else yield { line, ...(await check(query).catch(refused)) }
    if (line % BREATH === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}

function refused(error: unknown): { readonly error: string } {
  if (error instanceof Refusal) return { error: error.code }
  throw error
}

async function* lines(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of input) {
    rest += decoder.decode(chunk, { stream: true })
    const parts = rest.split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) if (part.trim() !== '') yield part
    if (rest.length > LONGEST_LINE) throw new Refusal('tooLarge')
  }
  if (rest.trim() !== '') yield rest
}
