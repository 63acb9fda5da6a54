/** Table of the cards’ master key. */
import type { Migration } from '../store/migrate.ts'

export const cardMasterTables: Migration = {
  name: 'card master key',
  statements: ['CREATE TABLE card_master (id TEXT PRIMARY KEY, sealed BYTEA NOT NULL, at BIGINT NOT NULL)'],
}
