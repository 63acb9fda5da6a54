/**
 * An engine of somebody else's compares the faces, over HTTP (docs/face-engine.md). One question, never repeated by itself; whatever is
 * not an answer of that contract means that nothing could be compared, and refuses nobody.
 */
import { randomBytes } from 'node:crypto'
import { type IncomingMessage, request as plainRequest } from 'node:http'
import { Agent, request as tlsRequest } from 'node:https'
import type { HostPorts } from '../../src/host/ports.ts'
import { identity } from '../terminal/electron/https-port.ts'
import { ANSWER_MS, COMPARISONS, comparisonAnswer, comparisonForm, MOST_ANSWER } from './engine-contract.ts'
import { outcomeOf } from './faces-api.ts'

/** Why nothing could be compared, for whoever looks after the engine. */
export type EngineTrouble = 'unreachable' | 'late' | 'notConforming'

export interface EngineOptions {
  /** `https:`, or `http:` on this machine. */
  readonly address: string
  /** Key, certificate and authorities of the TLS line, PEM. */
  readonly pem?: string | undefined
  readonly told?: (trouble: EngineTrouble) => void
  readonly answerMs?: number
}

class NotConforming extends Error {
  override readonly name = 'NotConforming'
}

/** Throws TypeError for PEM that holds no key and certificate. */
export function engineFace(options: EngineOptions): NonNullable<HostPorts['face']> {
  const { address, pem, told = () => {}, answerMs = ANSWER_MS } = options
  const url = new URL(COMPARISONS, address.endsWith('/') ? address : `${address}/`)
  const tls = url.protocol === 'https:'
  const line = tls ? { agent: new Agent({ minVersion: 'TLSv1.3', ...identity(pem) }) } : {}
  const ask = tls ? tlsRequest : plainRequest

  function exchange(comparison: string, type: string, body: Uint8Array, signal: AbortSignal): Promise<string> {
    const headers = { 'Content-Type': type, 'Content-Length': body.length, Accept: 'application/json' }
    return new Promise((resolve, reject) => {
      const asked = ask(url, {
        ...{ method: 'POST', signal, ...line },
        headers: { ...headers, 'Madoguchi-Comparison': comparison },
      })
      asked.on('error', reject)
      asked.on('response', (answer) => {
        wholeOf(answer).then(resolve, (error) => {
          asked.destroy()
          reject(error)
        })
      })
      asked.end(body)
    })
  }

  return {
    how: 'engine',
    async compare(photo, live, signal) {
      const comparison = randomBytes(16).toString('hex')
      const { type, body } = comparisonForm(comparison, photo, live)
      const late = AbortSignal.timeout(answerMs)
      try {
        const answer = read(await exchange(comparison, type, body, AbortSignal.any([signal, late])))
        if (answer.comparison !== comparison) throw new NotConforming()
        const { decision, reference: decidedBy } = answer
        return { method: 'engine', ...outcomeOf(decision), decidedBy }
      } catch (error) {
        signal.throwIfAborted()
        told(late.aborted ? 'late' : error instanceof NotConforming ? 'notConforming' : 'unreachable')
        return undefined
      } finally {
        body.fill(0)
      }
    },
  }
}

/** Redirections are no answer: pictures of faces go to the address that was given, and nowhere else. */
async function wholeOf(answer: IncomingMessage): Promise<string> {
  if (answer.statusCode !== 200 || !/^application\/json\b/i.test(answer.headers['content-type'] ?? ''))
    throw new NotConforming()
  const parts: Buffer[] = []
  let size = 0
  for await (const part of answer as AsyncIterable<Buffer>) {
    size += part.length
    if (size > MOST_ANSWER) throw new NotConforming()
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function read(text: string) {
  try {
    return comparisonAnswer.parse(JSON.parse(text))
  } catch {
    throw new NotConforming()
  }
}
