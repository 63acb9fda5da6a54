/** For those who run it: ready (and if not, which part; alive is the front's word), metrics, the API's description. No personal data. */
import type { FastifyInstance } from 'fastify'
import type { DoorOptions } from './door.ts'
import { openApi } from './openapi.ts'

export function opsRoutes(app: FastifyInstance, { backend, limits, metrics, version }: DoorOptions): void {
  const { parts, issuers } = backend
  let description: unknown

  /** P16: names the part that failed. */
  app.get('/ready', async (_request, reply) => {
    const database = await parts.store.get('SELECT 1 AS one').then(
      () => 'up',
      () => 'down',
    )
    const [issuer] = issuers
    const probe = parts.random.bytes(32)
    const keys =
      issuer === undefined
        ? 'none'
        : await parts.keys.sign(issuer.key, probe).then(
            () => 'up',
            () => 'down',
          )
    const issuing = parts.guard.stopped ?? 'up'
    const ready = database === 'up' && keys === 'up' && issuing === 'up'
    return reply.status(ready ? 200 : 503).send({ ready, parts: { database, keys, issuing } })
  })

  app.get('/metrics', async (_request, reply) => {
    const pending = await parts.store.get<{ n: number }>(
      "SELECT COUNT(*) AS n FROM cert WHERE state IN ('reserved', 'signed')",
    )
    const outbox = await parts.store.get<{ n: number }>('SELECT COUNT(*) AS n FROM outbox')
    const gauges = {
      in_flight_interactive: limits.inFlight.interactive,
      in_flight_reservation: limits.inFlight.reservation,
      in_flight_status: limits.inFlight.status,
      in_flight_batch: limits.inFlight.batch,
      certificates_pending: pending?.n ?? 0,
      outbox_waiting: outbox?.n ?? 0,
      issuing_stopped: parts.guard.stopped === undefined ? 0 : 1,
    }
    return reply.type('text/plain; version=0.0.4').send(metrics.text(gauges))
  })

  app.get('/openapi.json', async () => (description ??= openApi(version)))
}
