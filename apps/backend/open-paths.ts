/** What the door serves beside the contract of `wire`: status, lists, files and streams, and what those who run it ask. For the description. */

export interface OpenPath {
  readonly method: 'GET' | 'POST'
  /** Parameters as `:name`. */
  readonly path: string
  readonly name: string
  readonly summary: string
  readonly takes?: string
  readonly gives: string
  readonly query?: Readonly<Record<string, readonly string[]>>
  /** Only for terminals of this role; for anybody where nothing is said. */
  readonly role?: 'administrator'
}

export const OPEN_PATHS: readonly OpenPath[] = [
  {
    ...{ method: 'POST', path: '/ocsp/:issuer', name: 'ocsp', takes: 'application/ocsp-request' },
    summary: 'Status of a certificate now (RFC 6960).',
    gives: 'application/ocsp-response',
  },
  {
    ...{ method: 'GET', path: '/ocsp/:issuer/:request', name: 'ocspByAddress', gives: 'application/ocsp-response' },
    summary: 'The same, the request in base64; the answer may be cached.',
  },
  {
    ...{ method: 'GET', path: '/crl/:issuer/:file', name: 'crl', gives: 'application/pkix-crl' },
    summary: 'A revocation list: `132217.crl` of a municipality or ward, `all.crl` of all; at most a day old.',
  },
  {
    ...{ method: 'GET', path: '/authorities/:file', name: 'authorityCertificate', gives: 'application/pkix-cert' },
    summary: 'The certificate of an authority, such as `auth-2.crt`.',
  },
  {
    ...{ method: 'GET', path: '/status/:issuer', name: 'statusSnapshot', gives: 'application/octet-stream' },
    summary: 'Which certificates have ended, as one small signed file; its number is the ETag.',
  },
  {
    ...{ method: 'GET', path: '/status/:issuer/since/:from', name: 'statusDelta', gives: 'application/octet-stream' },
    summary: 'What changed since the snapshot with this number.',
  },
  {
    ...{ method: 'POST', path: '/v1/validity/batch', name: 'checkCertificates', takes: 'application/x-ndjson' },
    summary: 'Many certificates at once: a line `{ issuer, serial }` in, a line out for each.',
    gives: 'application/x-ndjson',
    query: { by: ['live', 'list'] },
  },
  {
    ...{ method: 'GET', path: '/v1/audit-export', name: 'auditExport', gives: 'application/x-ndjson' },
    summary: 'The audit log with its signed checkpoints.',
    role: 'administrator',
  },
  {
    ...{ method: 'GET', path: '/audit-key.pem', name: 'auditKey', gives: 'application/x-pem-file' },
    summary: 'The public key of the audit log.',
  },
  {
    ...{ method: 'GET', path: '/health', name: 'health', gives: 'application/json' },
    summary: 'Is the process alive?',
  },
  {
    ...{ method: 'GET', path: '/ready', name: 'ready', gives: 'application/json' },
    summary: 'Can it work? 503 and the part by name if not: database, keys, issuing.',
  },
  { method: 'GET', path: '/metrics', name: 'metrics', gives: 'text/plain', summary: 'Counters for Prometheus.' },
  {
    method: 'GET',
    path: '/openapi.json',
    name: 'description',
    gives: 'application/json',
    summary: 'This description.',
  },
]
