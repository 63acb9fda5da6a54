/** Terminals enrolled with the certificate they present in mutual TLS, each with a role and a town. */

import type { TerminalRole } from '../../wire/backend-roles.ts'
import { record } from '../audit/record.ts'
import type { Actor, Context } from '../context.ts'
import { Refusal } from '../refusal.ts'
import { type Reads, type Row, UniqueViolation } from '../store/store.ts'
import { townOf } from '../towns/gate.ts'

export interface Terminal {
  readonly id: string
  readonly role: TerminalRole
  /** Six-digit code of its town; empty for those of no town (call centre, registry, administrator). */
  readonly town: string
  /** SHA-256 of its client certificate, upper-case hexadecimal. */
  readonly fingerprint: string
}

interface TerminalRow extends Row, Terminal {
  readonly [column: string]: string | number
  readonly role: TerminalRole
  readonly enabled: number
}

/** Enrols a terminal, or replaces the certificate, role and town of one. Throws `terminalTaken`, `unknownMunicipality`. */
export async function enrol(context: Pick<Context, 'store' | 'clock'>, terminal: Terminal, by: Actor): Promise<void> {
  if (terminal.town !== '') townOf(terminal.town)
  const at = context.clock.now()
  const { id, role, town, fingerprint } = terminal
  try {
    await context.store.transaction(async (tx) => {
      const touched = await tx.run(
        'UPDATE terminal SET role = ?, town = ?, fingerprint = ?, enabled = 1, at = ? WHERE id = ?',
        role,
        town,
        fingerprint,
        at,
        id,
      )
      if (touched === 0)
        await tx.run(
          'INSERT INTO terminal (role, town, fingerprint, enabled, at, id) VALUES (?, ?, ?, 1, ?, ?)',
          role,
          town,
          fingerprint,
          at,
          id,
        )
      await record(
        tx,
        { ...by, procedure: 'terminal.enrolled', holder: '', object: `terminal ${id}`, result: role },
        at,
      )
    })
  } catch (error) {
    if (error instanceof UniqueViolation) throw new Refusal('terminalTaken')
    throw error
  }
}

/** Shuts a terminal out from its next request on. Throws `unknownTerminal`. */
export async function disable(context: Context, id: string, by: Actor): Promise<void> {
  const at = context.clock.now()
  await context.store.transaction(async (tx) => {
    if ((await tx.run('UPDATE terminal SET enabled = 0, at = ? WHERE id = ?', at, id)) === 0)
      throw new Refusal('unknownTerminal')
    await record(
      tx,
      { ...by, procedure: 'terminal.disabled', holder: '', object: `terminal ${id}`, result: 'done' },
      at,
    )
  })
}

/** The enabled terminal with this certificate, or with this id where the door has no TLS. Throws `unknownTerminal`. */
export async function terminalBy(store: Reads, column: 'fingerprint' | 'id', value: string): Promise<Terminal> {
  const sql = column === 'id' ? 'SELECT * FROM terminal WHERE id = ?' : 'SELECT * FROM terminal WHERE fingerprint = ?'
  const row = await store.get<TerminalRow>(sql, value)
  if (row === undefined || row.enabled !== 1) throw new Refusal('unknownTerminal')
  return row
}
