/** Tables of staff and of their sessions. */
import type { Migration } from '../store/migrate.ts'

export const operatorTables: Migration = {
  name: 'operators',
  statements: [
    // `sealed`: the name for the screen, encrypted like every personal column (rule 17).
    `CREATE TABLE operator (
      id TEXT PRIMARY KEY, sealed BYTEA NOT NULL, town TEXT NOT NULL, public_key BYTEA NOT NULL, key_hash TEXT NOT NULL,
      enabled BIGINT NOT NULL, at BIGINT NOT NULL)`,
    'CREATE UNIQUE INDEX operator_key ON operator (key_hash)',
    `CREATE TABLE operator_challenge (
      id TEXT PRIMARY KEY, operator TEXT NOT NULL REFERENCES operator (id), terminal TEXT NOT NULL, challenge TEXT NOT NULL,
      expires_at BIGINT NOT NULL)`,
    'CREATE UNIQUE INDEX operator_challenge_text ON operator_challenge (challenge)',
    // Of the token only its hash is kept: the database alone signs nobody in.
    `CREATE TABLE operator_session (
      id TEXT PRIMARY KEY, token_hash BYTEA NOT NULL, operator TEXT NOT NULL REFERENCES operator (id), terminal TEXT NOT NULL,
      at BIGINT NOT NULL, expires_at BIGINT NOT NULL, ended_at BIGINT)`,
    'CREATE UNIQUE INDEX operator_session_token ON operator_session (token_hash)',
    'CREATE INDEX operator_session_open ON operator_session (operator) WHERE ended_at IS NULL',
  ],
}
