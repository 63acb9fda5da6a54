/** Which towns may be served now: the check sheet opens a town for kiosks (F54), an outage closes that town alone (P19). */
import { record } from '../audit/record.ts'
import type { Actor, Context } from '../context.ts'
import { Refusal } from '../refusal.ts'
import type { Queries, Reads } from '../store/store.ts'
import { type Town, towns } from './municipalities.ts'

export interface TownStatus {
  readonly code: string
  /** The town's check sheet passed: it can be chosen at kiosks. */
  readonly checkSheet: boolean
  readonly down: boolean
}

/** Throws `unknownMunicipality`. */
export function townOf(code: string): Town {
  const town = towns().get(code)
  if (town === undefined) throw new Refusal('unknownMunicipality')
  return town
}

/** A town nobody said anything about is up, and closed to kiosks. */
export async function townStatus(store: Reads, code: string): Promise<TownStatus> {
  townOf(code)
  const row = await store.get<{ check_sheet: number; down: number }>(
    'SELECT check_sheet, down FROM town WHERE code = ?',
    code,
  )
  return { code, checkSheet: row?.check_sheet === 1, down: row?.down === 1 }
}

/** Changes what is given, leaves the rest. */
export async function setTown(
  context: Context,
  code: string,
  change: Partial<Omit<TownStatus, 'code'>>,
  by: Actor,
): Promise<TownStatus> {
  const at = context.clock.now()
  return context.store.transaction(async (tx) => {
    const next = { ...(await townStatus(tx, code)), ...change }
    const values = [next.checkSheet ? 1 : 0, next.down ? 1 : 0, at, code] as const
    const touched = await tx.run('UPDATE town SET check_sheet = ?, down = ?, at = ? WHERE code = ?', ...values)
    if (touched === 0) await tx.run('INSERT INTO town (check_sheet, down, at, code) VALUES (?, ?, ?, ?)', ...values)
    const result = `check sheet ${next.checkSheet ? 'passed' : 'open'}, ${next.down ? 'down' : 'up'}`
    await record(tx, { ...by, procedure: 'town.changed', holder: '', object: `town ${code}`, result }, at)
    return next
  })
}

/** Throws `townDown`; for a kiosk also `townNotOpen`. A ward stands or falls with its city too. */
export async function mustServe(store: Reads | Queries, code: string, at: 'counter' | 'kiosk'): Promise<void> {
  const { city } = townOf(code)
  const own = await townStatus(store, code)
  const over = city === undefined ? undefined : await townStatus(store, city)
  if (own.down || over?.down === true) throw new Refusal('townDown')
  if (at === 'kiosk' && !own.checkSheet && over?.checkSheet !== true) throw new Refusal('townNotOpen')
}

/** Every municipality and ward with its status. */
export async function allTowns(
  store: Reads,
): Promise<(Pick<Town, 'code' | 'prefecture' | 'name' | 'kana' | 'city'> & TownStatus)[]> {
  const rows = await store.all<{ code: string; check_sheet: number; down: number }>(
    'SELECT code, check_sheet, down FROM town',
  )
  const known = new Map(rows.map((row) => [row.code, row]))
  return [...towns().values()].map(({ code, prefecture, name, kana, city }) => {
    const row = known.get(code)
    const ward = city === undefined ? {} : { city }
    return { code, prefecture, name, kana, ...ward, checkSheet: row?.check_sheet === 1, down: row?.down === 1 }
  })
}
