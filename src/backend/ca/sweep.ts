/** The sweeper (rule 8): what was not proven by its deadline is voided, unless a terminal said lately that it wrote it. */
import type { Actor, Context } from '../context.ts'
import { type CertRow, certBySerial, move } from './states.ts'

export const SWEEP_CRASH_POINTS = ['sweep.found', 'sweep.voided one'] as const

const SWEEPER: Actor = { terminal: 'sweeper' }
/** How long a terminal's word "written" puts the deadline off, once: time to bring card and terminal together again. */
export const GRACE_MS = 7 * 24 * 3_600_000

/** A terminal's last word on a certificate it was to write (rule 9). */
export async function reportWrite(
  context: Context,
  issuer: string,
  serial: number,
  written: boolean,
): Promise<CertRow> {
  const { store, clock } = context
  return store.transaction(async (tx) => {
    const cert = await certBySerial(tx, issuer, serial)
    await tx.run('DELETE FROM cert_report WHERE cert = ?', cert.id)
    await tx.run('INSERT INTO cert_report (cert, written, at) VALUES (?, ?, ?)', cert.id, written ? 1 : 0, clock.now())
    return cert
  })
}

/** Voids every stuck certificate; returns how many. Safe to run anywhere, at any time, twice at once. */
export async function sweep(context: Context): Promise<number> {
  const { store, clock, crash } = context
  const now = clock.now()
  const stuck = await store.all<CertRow & { readonly written: number | null }>(
    `SELECT cert.*, cert_report.written AS written FROM cert LEFT JOIN cert_report ON cert_report.cert = cert.id
     WHERE state IN ('reserved', 'signed') AND deadline_at <= ? ORDER BY deadline_at LIMIT 1000`,
    now,
  )
  crash('sweep.found')
  let voided = 0
  for (const cert of stuck) {
    const wait = cert.state === 'signed' && cert.written === 1 && cert.deadline_at + GRACE_MS > now
    if (wait) continue
    const moved = await store.transaction((tx) =>
      move(tx, { cert, from: cert.state, to: 'void', by: SWEEPER, at: now, reason: 'unspecified' }),
    )
    if (moved) voided++
    crash('sweep.voided one')
  }
  return voided
}
