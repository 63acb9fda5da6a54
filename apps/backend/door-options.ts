/** What the business side of the server is opened with; its groups of routes take what they need of it. */
import type { Backend } from '../../src/backend/backend.ts'
import type { Front } from './front.ts'
import type { Limits } from './limits.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'

export interface DoorOptions {
  readonly backend: Backend
  /** `public` serves status alone, `core` the business alone. */
  readonly role: 'all' | 'public' | 'core'
  readonly limits: Limits
  readonly metrics: Metrics
  readonly log: Log
  readonly version: string
  readonly front: Front
  /** Mutual TLS: a terminal is who its certificate is. Without it a terminal says its id; the caller keeps that to one machine. */
  readonly mutual: boolean
}
