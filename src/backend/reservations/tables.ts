/** Table of reservations of PIN resets. */
import type { Migration } from '../store/migrate.ts'

export const reservationTables: Migration = {
  name: 'reservations',
  statements: [
    `CREATE TABLE reservation (
      id TEXT PRIMARY KEY, pin TEXT NOT NULL, cert TEXT NOT NULL REFERENCES cert (id), card TEXT NOT NULL, state TEXT NOT NULL,
      challenge TEXT NOT NULL, at BIGINT NOT NULL, expires_at BIGINT NOT NULL)`,
    "CREATE UNIQUE INDEX reservation_open ON reservation (card, pin) WHERE state = 'open'",
    'CREATE INDEX reservation_cert ON reservation (cert)',
  ],
}
