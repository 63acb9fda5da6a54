/** Table of the towns that take part. */
import type { Migration } from '../store/migrate.ts'

export const townTables: Migration = {
  name: 'towns',
  statements: [
    'CREATE TABLE town (code TEXT PRIMARY KEY, check_sheet BIGINT NOT NULL, down BIGINT NOT NULL, at BIGINT NOT NULL)',
  ],
}
