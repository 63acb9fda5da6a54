/** The state of a terminal in numbers and codes; what must never be exported is not even asked for here. */
import { type Diagnostics, NEVER_EXPORTED } from '../wire/diagnostics.ts'
import type { ProcedureName } from '../wire/view.ts'
import type { BackOffice } from './back-office.ts'
import type { CardDesk } from './card-desk.ts'
import type { Metrics } from './metrics.ts'
import type { HostPorts } from './ports.ts'

export interface Examined {
  readonly ports: HostPorts
  readonly office: BackOffice
  readonly cards: CardDesk
  readonly metrics: Metrics
}

export function diagnose({ ports, office, cards, metrics }: Examined): Diagnostics {
  const { terminal, place, role } = ports.settings
  const { current } = cards
  const { entries } = office.journal
  const oldest = entries.length === 0 ? {} : { oldest: Math.min(...entries.map(({ at }) => at)) }
  return {
    ...{ at: ports.clock.now(), terminal, place, role },
    reader: { there: current.kind, ...(current.kind === 'unusable' ? { problem: current.problem } : {}) },
    backend: { endpoints: ports.backend.length, away: office.client.away },
    journal: {
      writes: entries.filter(({ kind }) => kind === 'write').length,
      orders: entries.filter(({ kind }) => kind === 'session').length,
      ...oldest,
    },
    turns: metrics.turns.map(({ labels, count }) => ({
      procedure: labels['procedure'] as ProcedureName,
      outcome: labels['outcome'] as Diagnostics['turns'][number]['outcome'],
      ending: labels['ending'] ?? '',
      count,
    })),
    commands: { count: metrics.commands, ...percentile(metrics, 'p50', 0.5), ...percentile(metrics, 'p95', 0.95) },
    faults: metrics.faults.map(({ labels, count }) => ({ kind: labels['kind'] ?? '', count })),
    neverExported: [...NEVER_EXPORTED],
    metrics: metrics.text(),
  }
}

function percentile(metrics: Metrics, name: 'p50' | 'p95', share: number) {
  const ms = metrics.commandMs(share)
  return ms === undefined || ms === Number.POSITIVE_INFINITY ? {} : { [name]: ms }
}
