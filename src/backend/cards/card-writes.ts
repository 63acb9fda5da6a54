/** The journal of writes to cards: announced before, settled after, found by whoever sees the card next (P10, rule 9). */
import type { OpenWrite, WriteStage } from '../../wire/backend-card-work.ts'
import { record } from '../audit/record.ts'
import type { Actor, Context } from '../context.ts'
import { Refusal } from '../refusal.ts'
import { idempotent, type Request } from '../store/idempotency.ts'
import { type Queries, type Reads, type Row, UniqueViolation } from '../store/store.ts'
import { cardBySerial } from './card-states.ts'

/** From each stage, the stages it may become. */
const NEXT: Readonly<Record<WriteStage, readonly WriteStage[]>> = {
  intended: ['done', 'notDone', 'unknown'],
  unknown: ['done', 'notDone'],
  done: [],
  notDone: [],
}

export interface WriteNote {
  /** The terminal's own id of the write; one of a card. */
  readonly write: string
  readonly procedure: string
  readonly what: string
  readonly stage: WriteStage
}

interface WriteRow extends Row {
  readonly id: string
  readonly terminal: string
  readonly procedure_name: string
  readonly what: string
  readonly stage: WriteStage
  readonly at: number
}

export interface WriteAnswer {
  readonly write: string
  readonly stage: WriteStage
}

/** The same stage said again changes nothing. Throws `unknownCard`, `unknownWrite`, `writeOrder`. */
export async function noteWrite(
  context: Context,
  card: string,
  note: WriteNote,
  by: Actor,
  named: Request,
): Promise<WriteAnswer> {
  const { store, clock } = context
  const at = clock.now()
  const answer = { write: note.write, stage: note.stage }
  const noted = () =>
    store.transaction((tx) =>
      idempotent(tx, named, at, async () => {
        const { holder } = await cardBySerial(tx, card)
        if (!(await settle(tx, card, note, by, at))) return answer
        const object = `card ${card}`
        const result = `${note.procedure} ${note.what}`
        await record(tx, { ...by, procedure: `card.write.${note.stage}`, holder, object, result }, at)
        return answer
      }),
    )
  try {
    return await noted()
  } catch (error) {
    // Announced twice at once: the other one was first, and says the same or is refused.
    if (error instanceof UniqueViolation) return noted()
    throw error
  }
}

/** By compare-and-set on the stage. False where it was that stage already. */
async function settle(
  tx: Queries,
  card: string,
  { write, procedure, what, stage }: WriteNote,
  { terminal }: Actor,
  at: number,
): Promise<boolean> {
  const row = await tx.get<WriteRow>('SELECT * FROM card_write WHERE card = ? AND id = ?', card, write)
  if (row === undefined) {
    if (stage !== 'intended') throw new Refusal('unknownWrite')
    await tx.run(
      'INSERT INTO card_write (card, id, terminal, procedure_name, what, stage, at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ...[card, write, terminal, procedure, what, stage, at, at],
    )
    return true
  }
  if (row.procedure_name !== procedure || row.what !== what) throw new Refusal('writeOrder', 'another write')
  if (row.stage === stage) return false
  if (!NEXT[row.stage].includes(stage)) throw new Refusal('writeOrder', `${row.stage} to ${stage}`)
  const touched = await tx.run(
    'UPDATE card_write SET stage = ?, changed_at = ? WHERE card = ? AND id = ? AND stage = ?',
    ...[stage, at, card, write, row.stage],
  )
  if (touched === 0) throw new Error('card writes: one moved inside the transaction that read it')
  return true
}

/** Oldest first. */
export async function openWrites(store: Reads, card: string): Promise<OpenWrite[]> {
  const rows = await store.all<WriteRow & { readonly stage: OpenWrite['stage'] }>(
    "SELECT * FROM card_write WHERE card = ? AND stage IN ('intended', 'unknown') ORDER BY at, id",
    card,
  )
  return rows.map(({ id, terminal, procedure_name, what, stage, at }) => ({
    ...{ write: id, terminal, procedure: procedure_name, what, stage, at },
  }))
}
