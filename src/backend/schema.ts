/** Every migration of every room in the order they came to be. Append; never edit, reorder or remove one that was released. */
import { restoredTables } from './audit/reapply.ts'
import { auditTables } from './audit/record.ts'
import { caTables, issuerValidityTables } from './ca/tables.ts'
import { cardTables, cardWriteTables, identityTables } from './cards/tables.ts'
import { cardMasterTables } from './keys/card-keys.ts'
import { softwareKeyTables } from './keys/software.ts'
import { operatorTables } from './operators/tables.ts'
import { reservationTables } from './reservations/reservations.ts'
import { providerTables } from './scripts/providers.ts'
import { scriptCardTables, scriptTables } from './scripts/tables.ts'
import { crlTables } from './status/crl.ts'
import { snapshotTables } from './status/snapshot-publisher.ts'
import { idempotencyTables } from './store/idempotency.ts'
import type { Migration } from './store/migrate.ts'
import { outboxTables } from './store/outbox.ts'
import { readinessTables } from './store/readiness.ts'
import { terminalTables } from './terminals/terminals.ts'
import { townTables } from './towns/gate.ts'

export const MIGRATIONS: readonly Migration[] = [
  idempotencyTables,
  outboxTables,
  auditTables,
  softwareKeyTables,
  caTables,
  cardTables,
  townTables,
  crlTables,
  terminalTables,
  reservationTables,
  cardMasterTables,
  scriptTables,
  cardWriteTables,
  operatorTables,
  identityTables,
  scriptCardTables,
  readinessTables,
  snapshotTables,
  issuerValidityTables,
  providerTables,
  restoredTables,
]
