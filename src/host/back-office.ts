/** What stands behind every turn and outlives it: the backend's client, the journal, the key of the scripts. */
import { BackendClient } from './backend-client.ts'
import { Journal } from './journal.ts'
import type { Metrics } from './metrics.ts'
import type { HostPorts } from './ports.ts'
import { type RelayParts, sendWaiting } from './relay/relay.ts'
import { ScriptKey } from './relay/script-key.ts'
import { WriteJournal } from './write-journal.ts'

export interface BackOffice extends RelayParts {
  readonly writes: WriteJournal
  readonly metrics: Metrics
  /** After a turn: what is open is in doubt now, and the backend is told what it does not know. In the background. */
  afterTurn(): void
  /** When nothing is done in the background any more. */
  settled(): Promise<void>
}

/** Orders older than this are dead at the backend too: a reservation lives 24 hours. */
const ORDERS_MS = 48 * 3_600_000

export async function openBackOffice(ports: HostPorts, closing: AbortSignal, metrics: Metrics): Promise<BackOffice> {
  const { backend, clock, timers, random, settings } = ports
  const { terminal } = settings
  const now = () => clock.now()
  const observe = metrics.attempt
  const client = new BackendClient({ endpoints: backend, clock, timers, random, terminal, observe })
  const journal = await Journal.open(ports.journal)
  for (const entry of journal.entries)
    if (entry.kind === 'session' && entry.at < now() - ORDERS_MS) await journal.drop(entry)
  const writes = new WriteJournal({ journal, client, now, closing })
  const relay: RelayParts = { client, journal, key: new ScriptKey(), terminal, now }
  let background: Promise<void> = Promise.resolve()
  const afterTurn = () => {
    background = background
      .then(() => writes.doubt())
      .then(() => sendWaiting(relay, closing))
      // The line was closed, or the disk is full: the journal stays as it was.
      .catch(() => {})
  }
  afterTurn()
  return {
    ...relay,
    writes,
    metrics,
    afterTurn,
    async settled() {
      await background
      await writes.told()
    },
  }
}
