/** A front with status alone on a folder that is there already, for `backend-status.bench.ts`: prints its port. */
import type { AddressInfo } from 'node:net'
import { openFront } from '../../apps/backend/front.ts'
import { limits } from '../../apps/backend/limits.ts'
import { metrics } from '../../apps/backend/metrics.ts'
import { openCore } from '../../src/backend/core.ts'
import { systemClock } from '../../src/base/clock.ts'
import { MASTER } from '../backend/fixture.ts'

const folder = process.argv[2] ?? ''
const core = await openCore({ place: { folder }, master: MASTER, crlFolder: folder })
const { store, clock } = core.parts
const front = await openFront({
  ...{ limits: limits(systemClock), metrics: metrics(), log: () => {}, version: 'bench' },
  status: { responder: core.ocsp, store, clock },
})
const { port }: AddressInfo = await front.listen('127.0.0.1', 0)
process.stdout.write(`${port}\n`)
