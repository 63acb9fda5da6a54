/** Which engine: a folder means SQLite, a `postgresql://` address means PostgreSQL. */
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'
import type { Store } from './store.ts'

export type StorePlace = { readonly folder: string } | { readonly url: string }

export const openStore = (place: StorePlace): Store =>
  'folder' in place ? openSqlite(place.folder) : openPostgres(place.url)
