/** What stands behind every turn and outlives it: the backend's client, the journal, the key of the scripts. */
import { BackendClient } from './backend-client.ts'
import { Journal } from './journal.ts'
import type { HostPorts } from './ports.ts'
import type { RelayParts } from './relay/relay.ts'
import { ScriptKey } from './relay/script-key.ts'

export interface BackOffice extends RelayParts {}

export async function openBackOffice(ports: HostPorts): Promise<BackOffice> {
  const { backend, clock, timers, random, settings } = ports
  const { terminal } = settings
  return {
    client: new BackendClient({ endpoints: backend, clock, timers, random, terminal }),
    journal: await Journal.open(ports.journal),
    key: new ScriptKey(),
    terminal,
    now: () => clock.now(),
  }
}
