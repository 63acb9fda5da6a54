/** Every migration of every room in the order they came to be. Append; never edit, reorder or remove one that was released. */
import { restoredTables } from './audit/reapply.ts'
import { auditTables } from './audit/record.ts'
import { caTables, issuerValidityTables, sealedCertificateTables } from './ca/tables.ts'
import { cardTables, cardWriteTables, identityTables } from './cards/tables.ts'
import { softwareKeyTables } from './keys/software.ts'
import { cardMasterTables } from './keys/tables.ts'
import { operatorTables } from './operators/tables.ts'
import { reservationTables } from './reservations/tables.ts'
import { providerTables, scriptCardTables, scriptTables } from './scripts/tables.ts'
import { crlTables } from './status/crl.ts'
import { snapshotTables } from './status/snapshot-publisher.ts'
import { idempotencyTables } from './store/idempotency.ts'
import type { Migration } from './store/migrate.ts'
import { outboxTables } from './store/outbox.ts'
import { readinessTables } from './store/readiness.ts'
import { terminalTables } from './terminals/tables.ts'
import { townTables } from './towns/tables.ts'

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
  sealedCertificateTables,
]
