/** Tables of card scripts: sessions, and the journal of every step with its status word. */
import type { Migration } from '../store/migrate.ts'

export const scriptTables: Migration = {
  name: 'scripts',
  statements: [
    // `sealed`: keys of the channel, what is known of the card, and the script that is out; nobody reads it with the database alone.
    `CREATE TABLE script_session (
      id TEXT PRIMARY KEY, procedure_name TEXT NOT NULL, card TEXT NOT NULL REFERENCES card (serial), terminal TEXT NOT NULL,
      operator TEXT NOT NULL, state TEXT NOT NULL, seq BIGINT NOT NULL, sealed BYTEA NOT NULL, at BIGINT NOT NULL,
      touched_at BIGINT NOT NULL, reservation TEXT, open_key TEXT NOT NULL, open_hash BYTEA NOT NULL)`,
    // Rule 7: the same request opens the same session; its reply is in `sealed`, for it may hold a one-time value.
    'CREATE UNIQUE INDEX script_session_key ON script_session (terminal, open_key)',
    // A reservation allows one session.
    'CREATE UNIQUE INDEX script_session_reservation ON script_session (reservation)',
    `CREATE TABLE script_step (
      session TEXT NOT NULL REFERENCES script_session (id), seq BIGINT NOT NULL, step BIGINT NOT NULL, label TEXT NOT NULL,
      sw BIGINT, PRIMARY KEY (session, seq, step))`,
    // Which chip a card is: learnt at its first channel, never another one afterwards.
    'CREATE TABLE card_chip (card TEXT PRIMARY KEY REFERENCES card (serial), identification TEXT NOT NULL)',
    'CREATE UNIQUE INDEX card_chip_identification ON card_chip (identification)',
    // The last channel of a card with its own keys, from which the next one follows (rule 11).
    `CREATE TABLE card_channel (
      card TEXT NOT NULL REFERENCES card (serial), domain TEXT NOT NULL, aid TEXT NOT NULL, options BIGINT NOT NULL,
      counter BIGINT NOT NULL, PRIMARY KEY (card, domain))`,
    'CREATE TABLE script_key (id TEXT PRIMARY KEY, key_id TEXT NOT NULL, public_key BYTEA NOT NULL)',
    // Applications for the areas of the card (F27): the load file as it is loaded.
    `CREATE TABLE app (
      id TEXT PRIMARY KEY, area TEXT NOT NULL, package TEXT NOT NULL, module TEXT NOT NULL, instance TEXT NOT NULL,
      load_file BYTEA NOT NULL, at BIGINT NOT NULL)`,
  ],
}

export const scriptCardTables: Migration = {
  name: 'script sessions by card',
  statements: ["CREATE INDEX script_session_card ON script_session (card) WHERE state = 'open'"],
}

export const providerTables: Migration = {
  name: 'providers',
  statements: [
    `CREATE TABLE provider (
      id TEXT PRIMARY KEY, algorithm TEXT NOT NULL, public_key BYTEA NOT NULL, enabled BIGINT NOT NULL, at BIGINT NOT NULL)`,
    "ALTER TABLE app ADD COLUMN provider TEXT NOT NULL DEFAULT ''",
    'ALTER TABLE app ADD COLUMN signature BYTEA',
    // What a card was seen to hold; its own registry has the last word, and is read before anything is done.
    `CREATE TABLE card_app (
      card TEXT NOT NULL REFERENCES card (serial), app TEXT NOT NULL REFERENCES app (id), at BIGINT NOT NULL,
      PRIMARY KEY (card, app))`,
    'CREATE INDEX card_app_app ON card_app (app)',
  ],
}
