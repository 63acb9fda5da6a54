/** What anybody may fetch: authorities' certificates, revocation lists; and the stream of batch checks. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteGenericInterface } from 'fastify'
import { z } from 'zod'
import { Refusal } from '../../src/backend/refusal.ts'
import { type BatchAnswer, batchCheck } from '../../src/backend/status/batch.ts'
import { CRL_PERIOD_MS, issuerById } from '../../src/backend/status/crl.ts'
import type { ValidityQuery } from '../../src/backend/status/validity.ts'
import { checked, noQuery } from './checked.ts'
import type { DoorOptions } from './door-options.ts'
import { errorReply } from './errors.ts'

const query = z.strictObject({ issuer: z.string().max(64), serial: z.int().min(1).max(0x7fffffff) })
const batchBy = z.strictObject({ by: z.enum(['live', 'list']).default('live') })

export function statusRoutes(app: FastifyInstance, { backend, limits }: DoorOptions): void {
  const { issuers, lists, parts, validity } = backend

  /** What anybody may fetch has the room of status answers, and each address its share of it. */
  const limited =
    <R extends RouteGenericInterface>(
      handler: (request: FastifyRequest<R>, reply: FastifyReply) => Promise<FastifyReply>,
    ) =>
    async (request: FastifyRequest<R>, reply: FastifyReply) => {
      const leave = limits.enter('status')
      try {
        limits.count(`address ${request.ip}`)
        noQuery(request)
        return await handler(request, reply)
      } finally {
        leave()
      }
    }

  app.get<{ Params: { file: string } }>(
    '/authorities/:file',
    limited(async (request, reply) => {
      const issuer = issuerById(issuers, request.params.file.replace(/\.crt$/, ''))
      return reply.type('application/pkix-cert').send(Buffer.from(issuer.certificate))
    }),
  )

  app.get<{ Params: { issuer: string; file: string } }>(
    '/crl/:issuer/:file',
    limited(async (request, reply) => {
      const { issuer, file } = request.params
      if (!file.endsWith('.crl')) throw new Refusal('unknownPath')
      const { bytes, freshness } = await lists.current(issuerById(issuers, issuer), file.slice(0, -4))
      const tag = `"${createHash('sha256').update(bytes).digest('base64url')}"`
      const fresh = Math.max(0, freshness.thisUpdate + CRL_PERIOD_MS - parts.clock.now())
      reply
        .header('ETag', tag)
        .header('Last-Modified', new Date(freshness.thisUpdate).toUTCString())
        .header('Cache-Control', `max-age=${Math.floor(fresh / 1000)}, public`)
      if (request.headers['if-none-match'] === tag) return reply.status(304).send()
      return reply.type('application/pkix-crl').send(Buffer.from(bytes))
    }),
  )

  app.get<{ Params: { issuer: string } }>(
    '/status/:issuer',
    limited(async (request, reply) => {
      const { file, number } = await backend.snapshots.snapshot(issuerById(issuers, request.params.issuer))
      return reply.type('application/octet-stream').header('ETag', `"${number}"`).send(Buffer.from(file))
    }),
  )
  app.get<{ Params: { issuer: string; from: string } }>(
    '/status/:issuer/since/:from',
    limited(async (request, reply) => {
      const from = Number(request.params.from)
      const { file, number } = await backend.snapshots.delta(issuerById(issuers, request.params.issuer), from)
      return reply.type('application/octet-stream').header('ETag', `"${number}"`).send(Buffer.from(file))
    }),
  )

  app.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload))
  app.post<{ Body: Readable }>('/v1/validity/batch', { bodyLimit: 1 << 30 }, async (request, reply) => {
    const { by } = checked(batchBy, request.query, 'query') as z.output<typeof batchBy>
    if (!(request.body instanceof Readable)) throw new Refusal('badInput', 'header Content-Type: application/x-ndjson')
    const leave = limits.enter('batch')
    const check = by === 'live' ? validity.live : validity.byList
    const answers = Readable.from(asLines(batchCheck(request.body, parseLine, check)))
    answers.once('close', leave)
    return reply.type('application/x-ndjson').send(answers)
  })
}

function parseLine(line: string): ValidityQuery | undefined {
  try {
    const parsed = query.safeParse(JSON.parse(line))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

/** The status is sent already, so a failure in mid-stream is told as its last line. */
async function* asLines(answers: AsyncIterable<BatchAnswer>): AsyncGenerator<string> {
  try {
    for await (const answer of answers) yield `${JSON.stringify(answer)}\n`
  } catch (error) {
    yield `${JSON.stringify({ error: errorReply(error).body.code, end: true })}\n`
  }
}
