/** The HTTP door: checks who asks and what, hands it to the domain, turns the answer into JSON. */
import { createHash } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { Readable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { auditKey, exportLog } from '../../src/backend/audit/log.ts'
import { record } from '../../src/backend/audit/record.ts'
import type { Backend } from '../../src/backend/backend.ts'
import { signedIn } from '../../src/backend/operators/sign-in.ts'
import { Refusal } from '../../src/backend/refusal.ts'
import { type Terminal, terminalBy } from '../../src/backend/terminals/terminals.ts'
import { toPem } from '../../src/pki/pem.ts'
import { BACKEND_API, type EndpointName } from '../../src/wire/backend-api.ts'
import { type Endpoint, sessionToken } from '../../src/wire/backend-endpoint.ts'
import { STAFFED } from '../../src/wire/backend-roles.ts'
import type { Call, Handlers } from './calls.ts'
import { checked, noQuery } from './checked.ts'
import type { DoorOptions } from './door-options.ts'
import { errorReply, rawRefusal } from './errors.ts'
import { handlersFor } from './handlers.ts'
import { opsRoutes } from './ops-routes.ts'
import { statusRoutes } from './status-routes.ts'

const LARGEST_BODY = 64 * 1024

/** Joins the API to the server: from now on it answers what the front does not. */
export async function openDoor(options: DoorOptions): Promise<FastifyInstance> {
  const { backend, role, front } = options
  let listener: RequestListener | undefined
  const app = fastify({
    bodyLimit: LARGEST_BODY,
    serverFactory: (handler) => {
      listener = handler
      return front.server
    },
    // Longer ids than any schema takes still get that schema's words.
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (error, _request, reply) => refused(reply, error),
    clientErrorHandler: (error, socket) => {
      if (!socket.writable) return void socket.destroy()
      socket.end(rawRefusal(error), () => socket.destroy())
    },
    // Requests are checked against the schemas of `wire`; fastify's own compilers would only be loaded.
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
  })
  // Everything is JSON here, or a stream that says so.
  app.removeContentTypeParser('text/plain')
  app.setErrorHandler((error, _request, reply) => refused(reply, error))
  app.setNotFoundHandler((_request, reply) => refused(reply, new Refusal('unknownPath')))
  app.addHook('onResponse', (request, reply, done) => {
    const endpoint = request.routeOptions.url ?? 'none'
    options.metrics.finished(endpoint, reply.statusCode, reply.elapsedTime / 1000)
    const terminal = knownTerminals.get(request)
    const code = codes.get(request)
    options.log({
      ...{ event: 'request', endpoint, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      ...(terminal === undefined ? {} : { terminal }),
      ...(code === undefined ? {} : { code }),
    })
    done()
  })
  app.addHook('onError', (request, _reply, error, done) => {
    const { code } = errorReply(error).body
    codes.set(request, code === 'internal' ? `internal ${error.name}` : code)
    done()
  })
  opsRoutes(app, options)
  if (role !== 'core') statusRoutes(app, options)
  if (role !== 'public') {
    businessRoutes(app, options, handlersFor(backend))
    auditRoutes(app, options)
  }
  await app.ready()
  if (listener !== undefined) front.handOver(listener)
  return app
}

function refused(reply: FastifyReply, error: unknown) {
  const { status, headers, body } = errorReply(error)
  return reply.status(status).headers(headers).send(body)
}

const noCompiler = () => () => {
  throw new Error('door: a route brought a schema of its own')
}

const knownTerminals = new WeakMap<FastifyRequest, string>()
const codes = new WeakMap<FastifyRequest, string>()

function businessRoutes(app: FastifyInstance, { backend, limits, mutual }: DoorOptions, handlers: Handlers): void {
  for (const [name, endpoint] of Object.entries<Endpoint>(BACKEND_API)) {
    const handle = handlers[name as EndpointName] as (input: object, call: Call) => Promise<unknown>
    app.route({
      method: endpoint.method,
      url: endpoint.path,
      handler: async (request) => {
        const leave = limits.enter(endpoint.lane ?? 'interactive')
        try {
          const terminal = await terminalOf(backend, request, mutual)
          knownTerminals.set(request, terminal.id)
          limits.count(terminal.id)
          if (!endpoint.roles.includes(terminal.role)) throw new Refusal('notAllowed', name)
          const input = {
            params: checked(endpoint.params, request.params, 'params'),
            query: checked(endpoint.query, request.query, 'query'),
            body: checked(endpoint.body, request.body, 'body'),
          }
          return await handle(input, await callOf(backend, request, name as EndpointName, terminal))
        } finally {
          leave()
        }
      },
    })
  }
}

/** The audit log as a stream, and the key it is signed with; reading it is itself a line of it. */
function auditRoutes(app: FastifyInstance, { backend, limits, mutual }: DoorOptions): void {
  const { parts } = backend
  app.get('/v1/audit-export', async (request, reply) => {
    const terminal = await terminalOf(backend, request, mutual)
    knownTerminals.set(request, terminal.id)
    limits.count(terminal.id)
    noQuery(request)
    if (terminal.role !== 'administrator') throw new Refusal('notAllowed', 'audit-export')
    const entry = { terminal: terminal.id, procedure: 'audit.exported', holder: '', object: 'log', result: 'done' }
    await parts.store.transaction((tx) => record(tx, entry, parts.clock.now()))
    return reply.type('application/x-ndjson').send(Readable.from(withNewlines(exportLog(parts))))
  })
  app.get('/audit-key.pem', async (_request, reply) =>
    reply.type('application/x-pem-file').send(toPem('PUBLIC KEY', (await auditKey(parts)).publicKey)),
  )
}

async function* withNewlines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`
}

async function terminalOf(backend: Backend, request: FastifyRequest, mutual: boolean): Promise<Terminal> {
  const { store } = backend.parts
  if (mutual) {
    const certificate = (request.raw.socket as TLSSocket).getPeerX509Certificate()
    if (certificate === undefined) throw new Refusal('unknownTerminal', 'no client certificate was shown')
    const fingerprint = createHash('sha256').update(certificate.raw).digest('hex').toUpperCase()
    return terminalBy(store, 'fingerprint', fingerprint)
  }
  const id = request.headers['madoguchi-terminal']
  if (typeof id !== 'string') throw new Refusal('unknownTerminal', 'header Madoguchi-Terminal: missing')
  return terminalBy(store, 'id', id)
}

const KEY = /^[A-Za-z0-9._:-]{8,64}$/

/** Rule 7: every POST carries a key. The body's hash covers method, endpoint, parameters and body. */
async function callOf(
  backend: Backend,
  request: FastifyRequest,
  name: EndpointName,
  terminal: Terminal,
): Promise<Call> {
  const key = request.headers['idempotency-key']
  if (request.method === 'POST' && (typeof key !== 'string' || !KEY.test(key)))
    throw new Refusal('badInput', 'header Idempotency-Key: 8 to 64 letters, digits or ._:-')
  const operator = await operatorOf(backend, request, name, terminal)
  const by = operator === undefined ? { terminal: terminal.id } : { terminal: terminal.id, operator }
  const body = JSON.stringify([name, request.params, request.body ?? null])
  return { terminal, by, named: { actor: terminal.id, key: typeof key === 'string' ? key : '', body } }
}

/** Who is signed in. Where nobody has to be, a session that ended names nobody: what was begun can be brought to its end. */
async function operatorOf(
  { parts }: Backend,
  request: FastifyRequest,
  name: EndpointName,
  { id, role }: Terminal,
): Promise<string | undefined> {
  const token = request.headers['madoguchi-operator']
  const needed = (BACKEND_API[name] as Endpoint).operator === true && STAFFED.includes(role)
  if (token === undefined) {
    if (needed) throw new Refusal('operatorSignedOut')
    return undefined
  }
  if (!sessionToken.safeParse(token).success) throw new Refusal('badInput', 'header Madoguchi-Operator')
  try {
    return await signedIn(parts.store, token as string, id, parts.clock.now())
  } catch (error) {
    if (!needed && error instanceof Refusal) return undefined
    throw error
  }
}
