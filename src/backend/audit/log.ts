/** The audit log in its order: lines get positions, hashes go into the tree, checkpoints are signed (tamper-evident, exportable). */
import { utf8 } from '../../base/bytes.ts'
import type { Context } from '../context.ts'
import type { PrivateKeyRef } from '../keys/key-store.ts'
import type { Queries, Reads, Row } from '../store/store.ts'
import { UniqueViolation } from '../store/store.ts'
import { leafHash, TILE, tileRoot, treeRoot } from './tree.ts'

export const AUDIT_CRASH_POINTS = ['audit.sequenced', 'audit.signed', 'audit.checkpoint stored'] as const

/** First line of a checkpoint: which log this is. */
export const ORIGIN = 'madoguchi-audit'

/** One line as it is hashed and exported. */
export interface LogLine {
  readonly position: number
  readonly id: string
  readonly at: number
  readonly terminal: string
  readonly operator: string
  readonly procedure: string
  readonly holder: string
  readonly object: string
  readonly result: string
}

interface LineRow extends Row {
  readonly id: string
  readonly at: number
  readonly terminal: string
  readonly operator: string
  readonly procedure_name: string
  readonly holder: string
  readonly object: string
  readonly result: string
  readonly position: number
}

const lineOf = ({ procedure_name: procedure, ...row }: LineRow): LogLine => ({
  ...{ position: row.position, id: row.id, at: row.at, terminal: row.terminal, operator: row.operator },
  ...{ procedure, holder: row.holder, object: row.object, result: row.result },
})

/** The bytes of a line: JSON with its fields in the fixed order, no spaces. */
export const lineBytes = ({
  position,
  id,
  at,
  terminal,
  operator,
  procedure,
  holder,
  object,
  result,
}: LogLine): Uint8Array =>
  utf8(JSON.stringify({ position, id, at, terminal, operator, procedure, holder, object, result }))

/** Lines sequenced in one transaction at most. */
const AT_ONCE = 1_000

/** Gives waiting lines their positions and hashes; returns how many. */
export async function sequence({ store, crash }: Context): Promise<number> {
  const count = await store.transaction(async (tx) => {
    const waiting = await tx.all<LineRow>('SELECT * FROM audit WHERE position IS NULL ORDER BY id LIMIT ?', AT_ONCE)
    let size = await logSize(tx)
    for (const row of waiting) {
      const position = size++
      await tx.run('UPDATE audit SET position = ? WHERE id = ?', position, row.id)
      await append(tx, 0, position, leafHash(lineBytes(lineOf({ ...row, position }))))
    }
    return waiting.length
  })
  crash('audit.sequenced')
  return count
}

/** Puts back a line of a verified export at the end of a log that lost it. */
export async function restoreLine(tx: Queries, line: LogLine): Promise<void> {
  const { position, id, at, terminal, operator, procedure, holder, object, result } = line
  await tx.run(
    `INSERT INTO audit (id, at, terminal, operator, procedure_name, holder, object, result, position)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[id, at, terminal, operator, procedure, holder, object, result, position],
  )
  await append(tx, 0, position, leafHash(lineBytes(line)))
}

/** Adds a hash to a level; one that fills its tile adds the tile's root to the level above. */
async function append(tx: Queries, level: number, index: number, hash: Uint8Array): Promise<void> {
  await tx.run('INSERT INTO audit_hash (level, idx, hash) VALUES (?, ?, ?)', level, index, hash)
  if (index % TILE !== TILE - 1) return
  const tile = Math.floor(index / TILE)
  await append(tx, level + 1, tile, tileRoot(await tileHashes(tx, level, tile)))
}

/** Lines that have a position. */
export async function logSize(store: Reads): Promise<number> {
  const row = await store.get<{ idx: number }>('SELECT idx FROM audit_hash WHERE level = 0 ORDER BY idx DESC LIMIT 1')
  return (row?.idx ?? -1) + 1
}

/** Hashes of one tile, fewer than 256 at the right edge. A full tile never changes. */
export async function tileHashes(store: Reads, level: number, tile: number): Promise<readonly Uint8Array[]> {
  const rows = await store.all<{ hash: Uint8Array }>(
    'SELECT hash FROM audit_hash WHERE level = ? AND idx >= ? AND idx < ? ORDER BY idx',
    level,
    tile * TILE,
    (tile + 1) * TILE,
  )
  return rows.map(({ hash }) => hash)
}

async function rootOf(store: Reads, size: number): Promise<Uint8Array> {
  const partial: (readonly Uint8Array[])[] = []
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / TILE)) {
    const hashes = await tileHashes(store, level, Math.floor(count / TILE))
    partial.push(hashes.slice(0, count % TILE))
  }
  return treeRoot(partial)
}

/** What is signed: origin, size, root. */
export const checkpointText = (size: number, root: Uint8Array): string =>
  `${ORIGIN}\n${size}\n${Buffer.from(root).toString('base64')}\n`

/** Signs the log as it stands and stores the checkpoint; the last one when nothing was added. Undefined for an empty log. */
export async function checkpoint(context: Context): Promise<string | undefined> {
  const { store, keys, clock, crash } = context
  while ((await sequence(context)) === AT_ONCE);
  const last = await lastCheckpoint(store)
  const { size, root } = await store.transaction(async (tx) => {
    const size = await logSize(tx)
    return { size, root: await rootOf(tx, size) }
  })
  if (size === 0 || last?.size === size) return last?.note
  const text = checkpointText(size, root)
  const signature = await keys.sign(await auditKey(context), utf8(text))
  crash('audit.signed')
  const note = `${text}\n— ${ORIGIN} ${Buffer.from(signature).toString('base64')}\n`
  try {
    await store.transaction((tx) =>
      tx.run('INSERT INTO checkpoint (size, note, at) VALUES (?, ?, ?)', size, note, clock.now()),
    )
  } catch (error) {
    // Another backend signed the same size first: the same text under the same key.
    if (!(error instanceof UniqueViolation)) throw error
  }
  crash('audit.checkpoint stored')
  return note
}

export const lastCheckpoint = (store: Reads): Promise<{ readonly size: number; readonly note: string } | undefined> =>
  store.get<{ size: number; note: string }>('SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1')

/** The log's own key, made when first needed. */
export async function auditKey({ store, keys }: Pick<Context, 'store' | 'keys'>): Promise<PrivateKeyRef> {
  const known = await storedKey(store)
  if (known !== undefined) return known
  const { id, publicKey } = await keys.generate('p384-sha384')
  try {
    await store.transaction((tx) =>
      tx.run("INSERT INTO audit_key (id, key_id, public_key) VALUES ('log', ?, ?)", id, publicKey),
    )
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error
  }
  return (await storedKey(store)) as PrivateKeyRef
}

/** The log's key, if it was ever needed. */
export async function storedKey(store: Reads): Promise<PrivateKeyRef | undefined> {
  const row = await store.get<{ key_id: string; public_key: Uint8Array }>(
    "SELECT key_id, public_key FROM audit_key WHERE id = 'log'",
  )
  return row === undefined ? undefined : { id: row.key_id, algorithm: 'p384-sha384', publicKey: row.public_key }
}

/** Whose data, when: every line about one person, oldest first (residents may ask for theirs). */
export async function linesAbout(store: Reads, holder: string): Promise<readonly LogLine[]> {
  const rows = await store.all<LineRow>(
    'SELECT * FROM audit WHERE holder = ? AND position IS NOT NULL ORDER BY position',
    holder,
  )
  return rows.map(lineOf)
}

const PAGE = 1_000

/** The whole log up to its last checkpoint as lines of text: every line as it was hashed, then the checkpoint as `{"checkpoint": …}`. */
export async function* exportLog(context: Context): AsyncGenerator<string> {
  const note = await checkpoint(context)
  const size = (await lastCheckpoint(context.store))?.size ?? 0
  for (let from = 0; from < size; from += PAGE) {
    const rows = await context.store.all<LineRow>(
      'SELECT * FROM audit WHERE position >= ? AND position < ? ORDER BY position',
      from,
      Math.min(size, from + PAGE),
    )
    for (const row of rows) yield Buffer.from(lineBytes(lineOf(row))).toString('utf8')
  }
  if (note !== undefined) yield JSON.stringify({ checkpoint: note })
}
