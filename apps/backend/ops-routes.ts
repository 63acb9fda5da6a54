/** For those who run it: ready (and if not, which part; alive is the front's word), metrics, the API's description. No personal data. */
import type { FastifyInstance } from 'fastify'
import { databaseState } from '../../src/backend/store/readiness.ts'
import type { DoorOptions } from './door-options.ts'
import { openApi } from './openapi.ts'

export function opsRoutes(app: FastifyInstance, { backend, limits, metrics, version }: DoorOptions): void {
  const { parts, issuers } = backend
  let description: unknown

  /** P16: names the part that failed. */
  app.get('/ready', async (_request, reply) => {
    const database = await databaseState(parts.store, parts.clock.now())
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
    const counted = (sql: string) =>
      parts.store.get<{ n: number }>(sql).then(
        (row) => row?.n ?? 0,
        // Without the database the other numbers are wanted most.
        () => Number.NaN,
      )
    const gauges = {
      in_flight_interactive: limits.inFlight.interactive,
      in_flight_reservation: limits.inFlight.reservation,
      in_flight_status: limits.inFlight.status,
      in_flight_batch: limits.inFlight.batch,
      certificates_pending: await counted("SELECT COUNT(*) AS n FROM cert WHERE state IN ('reserved', 'signed')"),
      outbox_waiting: await counted('SELECT COUNT(*) AS n FROM outbox'),
      issuing_stopped: parts.guard.stopped === undefined ? 0 : 1,
    }
    return reply.type('text/plain; version=0.0.4').send(metrics.text(gauges))
  })

  app.get('/openapi.json', async () => (description ??= openApi(version)))
}
