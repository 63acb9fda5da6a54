/** Old → new (新旧紐付け情報, F37): from any certificate to the one its holder has now. */
import type { Reads } from '../store/store.ts'
import { type CertRow, certById, certBySerial } from './states.ts'

/** Longest chain followed; a holder renews at most a few times a year in a lifetime. */
const MOST = 1_000

/** The newest certificate in the line of this one: itself when nothing replaced it. Throws `unknownCertificate`. */
export async function newestOf(store: Reads, issuer: string, serial: number): Promise<CertRow> {
  let cert = await certBySerial(store, issuer, serial)
  for (let step = 0; step < MOST; step++) {
    const link = await store.get<{ new_cert: string }>('SELECT new_cert FROM cert_link WHERE old_cert = ?', cert.id)
    const next = link === undefined ? undefined : await certById(store, link.new_cert)
    if (next === undefined) return cert
    cert = next
  }
  throw new Error('links: a chain that does not end')
}
