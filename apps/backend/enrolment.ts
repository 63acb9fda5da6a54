/** Enrolment at the backend's own machine: how the first administrator's terminal gets in, before anybody can ask through the door. */
import { X509Certificate } from 'node:crypto'
import { MIGRATIONS } from '../../src/backend/schema.ts'
import { migrate } from '../../src/backend/store/migrate.ts'
import { openStore, type StorePlace } from '../../src/backend/store/open.ts'
import { enrol } from '../../src/backend/terminals/terminals.ts'
import { systemClock } from '../../src/base/clock.ts'
import type { TerminalRole } from '../../src/wire/backend-roles.ts'

export interface Enrolled {
  readonly id: string
  readonly role: TerminalRole
  /** Six-digit code; empty for terminals of no town. */
  readonly town: string
  /** The client certificate, PEM. */
  readonly certificate: string
}

/** SHA-256 of a certificate in PEM, upper-case hexadecimal; undefined when it is none. */
export function fingerprintOf(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).fingerprint256.replaceAll(':', '')
  } catch {
    return undefined
  }
}

/** Throws `terminalTaken`, `unknownMunicipality`, `StoreRefused` while an embedded database is in use. */
export async function enrolHere(place: StorePlace, { certificate, ...terminal }: Enrolled): Promise<string> {
  const fingerprint = fingerprintOf(certificate)
  if (fingerprint === undefined) throw new TypeError('enrolment: not a certificate in PEM')
  const store = openStore(place)
  try {
    await migrate(store, MIGRATIONS, systemClock.now())
    await enrol({ store, clock: systemClock }, { ...terminal, fingerprint }, { terminal: 'enrolment' })
    return fingerprint
  } finally {
    await store.close()
  }
}
