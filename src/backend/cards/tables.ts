/** Tables of people (an emulated resident registry) and of cards. Personal columns are sealed. */
import type { Migration } from '../store/migrate.ts'

export const cardTables: Migration = {
  name: 'cards',
  statements: [
    // `search` is a keyed hash of reading and date of birth: people are found without a readable column (rule 17).
    `CREATE TABLE person (
      id TEXT PRIMARY KEY, municipality TEXT NOT NULL, sealed BYTEA NOT NULL, search BYTEA NOT NULL,
      status TEXT NOT NULL, version BIGINT NOT NULL, at BIGINT NOT NULL)`,
    'CREATE INDEX person_search ON person (search)',
    `CREATE TABLE card (
      serial TEXT PRIMARY KEY, holder TEXT NOT NULL REFERENCES person (id), municipality TEXT NOT NULL,
      state TEXT NOT NULL, state_at BIGINT NOT NULL, expires TEXT NOT NULL, face_auth BIGINT NOT NULL,
      set_up_for BIGINT, at BIGINT NOT NULL)`,
    'CREATE INDEX card_holder ON card (holder)',
    // At most one card per person is in its holder's hands.
    "CREATE UNIQUE INDEX card_one_delivered ON card (holder) WHERE state IN ('delivered', 'suspended')",
    'CREATE TABLE registry_event (id TEXT PRIMARY KEY, kind TEXT NOT NULL, holder TEXT NOT NULL, at BIGINT NOT NULL)',
  ],
}

/** Writes that terminals announce, and what became of them: any terminal that sees the card finds the unfinished ones (P10). */
export const cardWriteTables: Migration = {
  name: 'card writes',
  statements: [
    `CREATE TABLE card_write (
      card TEXT NOT NULL REFERENCES card (serial), id TEXT NOT NULL, terminal TEXT NOT NULL, procedure_name TEXT NOT NULL,
      what TEXT NOT NULL, stage TEXT NOT NULL, at BIGINT NOT NULL, changed_at BIGINT NOT NULL, PRIMARY KEY (card, id))`,
    "CREATE INDEX card_write_open ON card_write (card, at) WHERE stage IN ('intended', 'unknown')",
  ],
}

/** Who looked at a person, how, and for which card and purpose: enumerations and ids, nothing of the person. */
export const identityTables: Migration = {
  name: 'identity checks',
  statements: [
    `CREATE TABLE identity_check (
      id TEXT PRIMARY KEY, card TEXT NOT NULL REFERENCES card (serial), operator TEXT NOT NULL, terminal TEXT NOT NULL,
      purpose TEXT NOT NULL, documents TEXT NOT NULL, face TEXT NOT NULL, proxy TEXT, at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL)`,
    'CREATE INDEX identity_check_card ON identity_check (card, at)',
  ],
}
