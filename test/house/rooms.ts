/** The import table of the house (docs/architecture.md): who may import whom. */
import type { Import } from './tree.ts'

/** May `room` be entered this way? The path is inside the room imported. */
type Door = (path: string, found: Import) => boolean

const open: Door = () => true
const typesOnly: Door = (_, { typesOnly }) => typesOnly
/** `status-word.ts` holds the status words of the command codec. */
const only =
  (...paths: readonly string[]): Door =>
  (path) =>
    paths.some((allowed) => path === allowed || (allowed.endsWith('/') && path.startsWith(allowed)))
const factoryOnly: Door = (_, { from }) => from.startsWith('applets-sim/factory/')
const cliOnly: Door = (_, { from }) => from.startsWith('apps/cli/')

export const IMPORT_TABLE: Readonly<Record<string, Readonly<Record<string, Door>>>> = {
  base: {},
  pki: { base: open },
  card: { base: open },
  applications: { base: open, pki: open, card: open },
  wire: { base: open },
  procedures: { base: open, card: typesOnly, applications: open, wire: open },
  host: { base: open, pki: open, card: open, applications: open, procedures: open, wire: open },
  backend: {
    base: open,
    pki: open,
    card: only('command.ts', 'status-word.ts', 'layers/'),
    applications: only('globalplatform/'),
    wire: open,
  },
  drivers: { base: open, card: only('ports.ts') },
  'applets-sim': { base: open, pki: factoryOnly, card: only('command.ts', 'status-word.ts', 'ports.ts') },
  apps: {
    base: open,
    pki: open,
    host: open,
    wire: open,
    backend: open,
    drivers: open,
    'applets-sim': open,
    card: cliOnly,
    applications: cliOnly,
  },
}

/** Which `node:` modules a room may use; `undefined` for all. Rooms of `src` are runtime-neutral (Law 2), the backend aside. */
export const NODE_MODULES: Readonly<Record<string, readonly string[] | undefined>> = {
  base: [],
  pki: [],
  card: [],
  applications: [],
  wire: [],
  procedures: [],
  host: [],
  backend: undefined,
  drivers: undefined,
  'applets-sim': ['node:crypto'],
  apps: undefined,
}

export const NEUTRAL_ROOMS = Object.keys(NODE_MODULES).filter((room) => NODE_MODULES[room]?.length === 0)

/** The room a file stands in, and its path inside; undefined for what is no room. */
export function roomOf(path: string): { readonly room: string; readonly inside: string } | undefined {
  const parts = path.split('/')
  if (parts[0] === 'src') parts.shift()
  const room = parts.shift()
  return room !== undefined && room in IMPORT_TABLE ? { room, inside: parts.join('/') } : undefined
}

/** Why this import is not allowed; undefined when it is. */
export function objection(found: Import): string | undefined {
  const from = roomOf(found.from)
  if (from === undefined) return 'the file stands in no room'
  if (found.to.startsWith('node:')) {
    const allowed = NODE_MODULES[from.room]
    return allowed === undefined || allowed.includes(found.to) ? undefined : `${from.room} may not use ${found.to}`
  }
  const inProject = /^(src|drivers|applets-sim|apps|test)\//.test(found.to)
  if (!inProject) return found.to.startsWith('..') ? 'it leaves the project' : undefined
  const to = roomOf(found.to)
  if (to === undefined) return 'it is in no room'
  if (to.room === from.room) return undefined
  const door = IMPORT_TABLE[from.room]?.[to.room]
  if (door === undefined) return `${from.room} may not import ${to.room}`
  return door(to.inside, found) ? undefined : `${from.room} may import only a part of ${to.room}, not this`
}
