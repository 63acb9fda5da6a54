/** A certificate's bytes as they lie in the database. The 署名用 one says who its holder is: they are sealed, as all that does (rule 17). */
import type { Context } from '../context.ts'
import type { CertRow } from './states.ts'

export type BytesColumn = 'tbs' | 'der'
/** What has to be read with a column to open it. */
export type Kept<C extends BytesColumn> = Pick<CertRow, 'id' | 'sealed' | C>

const boundTo = (id: string, column: BytesColumn): string => `cert ${id} ${column}`

/** For the row of the certificate `id`, and for this column of it alone. */
export const sealedBytes = (
  { personal }: Pick<Context, 'personal'>,
  id: string,
  column: BytesColumn,
  bytes: Uint8Array,
) => personal.seal(bytes, boundTo(id, column))

/** Undefined: not signed yet. Throws when the bytes were changed, or belong to another row. */
export function bytesOf<C extends BytesColumn>(
  { personal }: Pick<Context, 'personal'>,
  row: Kept<C>,
  column: C,
): Uint8Array | undefined {
  const bytes: Uint8Array | null = row[column]
  if (bytes === null) return undefined
  // Rows made before certificates were sealed stay as they were.
  return row.sealed === 1 ? personal.open(bytes, boundTo(row.id, column)) : bytes
}
