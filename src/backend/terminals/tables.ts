/** Table of terminals. */
import type { Migration } from '../store/migrate.ts'

export const terminalTables: Migration = {
  name: 'terminals',
  statements: [
    `CREATE TABLE terminal (
      id TEXT PRIMARY KEY, role TEXT NOT NULL, town TEXT NOT NULL, fingerprint TEXT NOT NULL, enabled BIGINT NOT NULL,
      at BIGINT NOT NULL)`,
    'CREATE UNIQUE INDEX terminal_fingerprint ON terminal (fingerprint)',
  ],
}
