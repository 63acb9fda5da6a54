/**
 * OCSP over HTTP (RFC 6960, appendix A; RFC 5019), answered before any router sees the address: base64 in a path holds slashes,
 * and a router that merged them has broken an authority before.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { OcspReply, OcspResponder } from '../../src/backend/status/ocsp.ts'
import { ocspError } from '../../src/pki/ocsp-response.ts'

const PREFIX = '/ocsp/'
const LARGEST_REQUEST = 4_096

/** Is this request ours? */
export const isOcsp = (url: string | undefined): boolean => url?.startsWith(PREFIX) ?? false

/** Answers one request; never throws. `done` gets the status for the log. */
export async function answerOcsp(
  responder: OcspResponder,
  request: IncomingMessage,
  response: ServerResponse,
  done: (status: number, error?: unknown) => void,
): Promise<void> {
  const send = (status: number, bytes: Uint8Array, maxAge: number) => {
    response.writeHead(status, ocspHeaders({ bytes, maxAge }))
    response.end(bytes)
  }
  try {
    const bytes =
      request.method === 'GET'
        ? ocspRequestIn(request.url ?? '')
        : request.method === 'POST'
          ? await body(request)
          : undefined
    if (request.method !== 'GET' && request.method !== 'POST') {
      response.writeHead(405, { Allow: 'GET, POST' }).end()
      return done(405)
    }
    if (bytes === undefined) {
      send(200, ocspError('malformedRequest'), 0)
      return done(200)
    }
    const reply = await responder.answer(bytes)
    send(200, reply.bytes, request.method === 'GET' ? reply.maxAge : 0)
    done(200)
  } catch (error) {
    if (!response.headersSent) send(200, ocspError('tryLater'), 0)
    done(503, error)
  }
}

export const ocspHeaders = ({ bytes, maxAge }: OcspReply) => ({
  'Content-Type': 'application/ocsp-response',
  'Content-Length': bytes.length,
  'Cache-Control':
    maxAge > 0 ? `max-age=${Math.floor(maxAge / 1000)}, public, no-transform, must-revalidate` : 'no-store',
})

/** The request in an address: `/ocsp/AUTHORITY/` and then base64, with or without percent signs. */
export function ocspRequestIn(url: string): Uint8Array | undefined {
  const start = url.indexOf('/', PREFIX.length)
  if (start < 0 || url.length - start > 2 * LARGEST_REQUEST) return undefined
  let text = url.slice(start + 1)
  if (text.includes('%')) {
    try {
      text = decodeURIComponent(text)
    } catch {
      return undefined
    }
  }
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
  return Uint8Array.from(Buffer.from(text, 'base64'))
}

async function body(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > LARGEST_REQUEST) return undefined
    chunks.push(chunk)
  }
  return Uint8Array.from(Buffer.concat(chunks))
}
