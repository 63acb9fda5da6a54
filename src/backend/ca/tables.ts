/** Tables of the certification authority. */
import type { Migration } from '../store/migrate.ts'

/** Which rules an authority's certificates end by (F48). */
export const issuerValidityTables: Migration = {
  name: 'validity of an issuer',
  statements: ["ALTER TABLE issuer ADD COLUMN validity TEXT NOT NULL DEFAULT 'current'"],
}

/** From here on the bytes of certificates are sealed. */
export const sealedCertificateTables: Migration = {
  name: 'sealed certificates',
  statements: ['ALTER TABLE cert ADD COLUMN sealed BIGINT NOT NULL DEFAULT 0'],
}

export const caTables: Migration = {
  name: 'ca',
  statements: [
    `CREATE TABLE issuer (
      id TEXT PRIMARY KEY, authority TEXT NOT NULL, generation BIGINT NOT NULL, algorithm TEXT NOT NULL,
      key_id TEXT NOT NULL, public_key BYTEA NOT NULL, certificate BYTEA NOT NULL, serial BIGINT NOT NULL,
      not_after BIGINT NOT NULL, issuing BIGINT NOT NULL, first_serial BIGINT NOT NULL, next_index BIGINT NOT NULL,
      cps TEXT NOT NULL, ocsp TEXT NOT NULL, crl TEXT NOT NULL,
      responder_key_id TEXT NOT NULL, responder_key BYTEA NOT NULL, responder_certificate BYTEA NOT NULL)`,
    'CREATE UNIQUE INDEX issuer_generation ON issuer (authority, generation)',

    `CREATE TABLE cert (
      id TEXT PRIMARY KEY, issuer TEXT NOT NULL REFERENCES issuer (id), idx BIGINT NOT NULL, serial BIGINT NOT NULL,
      kind TEXT NOT NULL, holder TEXT NOT NULL, card TEXT NOT NULL, shard TEXT NOT NULL, key_hash BYTEA NOT NULL,
      state TEXT NOT NULL, tbs BYTEA NOT NULL, der BYTEA, challenge BYTEA NOT NULL, not_after BIGINT NOT NULL,
      reserved_at BIGINT NOT NULL, deadline_at BIGINT NOT NULL, active_at BIGINT, evidence BYTEA,
      ended_at BIGINT, reason BIGINT)`,
    'CREATE UNIQUE INDEX cert_serial ON cert (issuer, serial)',
    // Rule 5: at most one valid (or suspended) certificate per holder and kind, whatever the code above believes.
    "CREATE UNIQUE INDEX cert_one_active ON cert (holder, kind) WHERE state IN ('active', 'held')",
    'CREATE INDEX cert_card ON cert (card)',
    'CREATE INDEX cert_holder ON cert (holder, kind)',
    'CREATE INDEX cert_key ON cert (key_hash)',
    "CREATE INDEX cert_pending ON cert (deadline_at) WHERE state IN ('reserved', 'signed')",
    // What a CRL of one shard holds.
    "CREATE INDEX cert_ended ON cert (issuer, shard, not_after) WHERE state IN ('held', 'revoked', 'void')",

    // One row an order: the idempotency key of its request, and the certificate that answers it now.
    `CREATE TABLE issue_order (
      actor TEXT NOT NULL, key TEXT NOT NULL, body_hash BYTEA NOT NULL, cert TEXT NOT NULL REFERENCES cert (id),
      at BIGINT NOT NULL, PRIMARY KEY (actor, key))`,
    // Old → new (新旧紐付け, F37): follow it from any certificate to the newest.
    `CREATE TABLE cert_link (
      old_cert TEXT PRIMARY KEY REFERENCES cert (id), new_cert TEXT NOT NULL REFERENCES cert (id), at BIGINT NOT NULL)`,
    `CREATE TABLE blocked_key (key_hash BYTEA PRIMARY KEY, at BIGINT NOT NULL, reason TEXT NOT NULL)`,
    // Last word of a terminal on a certificate that is not proven yet; the sweeper asks it before voiding.
    `CREATE TABLE cert_report (cert TEXT PRIMARY KEY REFERENCES cert (id), written BIGINT NOT NULL, at BIGINT NOT NULL)`,
  ],
}
