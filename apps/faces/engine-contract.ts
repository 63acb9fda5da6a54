/** What an engine that compares faces is asked and answers (docs/face-engine.md). */
import { z } from 'zod'
import { concat, utf8 } from '../../src/base/bytes.ts'
import { id } from '../../src/wire/backend-endpoint.ts'
import { decision } from './faces-api.ts'

/** Below the address of the engine. */
export const COMPARISONS = 'v1/comparisons'
/** From the first octet sent to the last one of the answer: the resident holds the card still for as long. */
export const ANSWER_MS = 10_000
/** Octets. */
export const MOST_ANSWER = 4_096

/** Nothing else may be in it: no score, no picture, no template. */
export const comparisonAnswer = z.strictObject({
  /** As it was asked: an answer to somebody else's question never counts. */
  comparison: z.string().regex(/^[0-9a-f]{32}$/),
  decision,
  /** By which the engine's keeper finds this decision again. It is on record with the reservation, and names nobody. */
  reference: id,
})
export type ComparisonAnswer = z.infer<typeof comparisonAnswer>

export interface Form {
  /** For `Content-Type`. */
  readonly type: string
  readonly body: Uint8Array
}

/** Two pictures as `multipart/form-data` (RFC 7578). `comparison` is random, so that no picture holds the boundary. */
export function comparisonForm(comparison: string, photo: Uint8Array, live: Uint8Array): Form {
  const boundary = `madoguchi-${comparison}`
  const part = (name: string, file: string, type: string) =>
    utf8(
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${file}"\r\nContent-Type: ${type}\r\n\r\n`,
    )
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    body: concat(
      ...[part('photo', 'photo.jp2', 'image/jp2'), photo, utf8('\r\n')],
      ...[part('live', 'live.jpg', 'image/jpeg'), live, utf8(`\r\n--${boundary}--\r\n`)],
    ),
  }
}
