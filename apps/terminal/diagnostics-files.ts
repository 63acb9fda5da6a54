/**
 * What a terminal tells of itself, as files for whoever keeps it: in one folder, one file a day and form, readable by this account alone.
 * A later one of the same day takes the place of the earlier: whoever presses a button a thousand times fills no disk.
 */
import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Diagnostics, type DiagnosticsForm, diagnosticsSchema, type Saved } from '../../src/wire/diagnostics.ts'
import { writeWhole } from './write-whole.ts'

export type SaveDiagnostics = (told: Diagnostics, form: DiagnosticsForm) => Promise<Saved>

/** Only what the schema names: a field that somebody adds stays here until it is named there. */
export function exported(told: Diagnostics, form: DiagnosticsForm): string {
  const { metrics, ...state } = diagnosticsSchema.parse(told)
  return form === 'prom' ? metrics : `${JSON.stringify(state, null, 2)}\n`
}

/** The day of this machine's clock, and nothing that a setting or a page could choose. */
export const diagnosticsFileName = (at: number, form: DiagnosticsForm): string =>
  `${new Intl.DateTimeFormat('sv-SE').format(at)}.${form}`

/** Without a folder, as where nothing is kept: a new one among the machine's temporary ones, made when it is needed. */
export function diagnosticsFiles(folder?: string): SaveDiagnostics {
  let made = folder
  let last: Promise<unknown> = Promise.resolve()
  const save: SaveDiagnostics = async (told, form) => {
    try {
      made ??= await mkdtemp(join(tmpdir(), 'madoguchi-diagnostics-'))
      await makeLast(made)
      const path = join(made, diagnosticsFileName(told.at, form))
      await writeWhole(path, exported(told, form))
      return { kind: 'saved', path }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (typeof code !== 'string') throw error
      return { kind: 'notSaved', reason: FULL.has(code) ? 'diskFull' : 'notWritable' }
    }
  }
  // One after the other: a button pressed twice is no two writers of one file.
  return (told, form) => {
    const saved = last.then(() => save(told, form))
    last = saved.catch(() => {})
    return saved
  }
}

/** The last folder of the path alone: what is above it is the operator's. One that is a file is found when the file is made. */
async function makeLast(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}

const FULL = new Set(['ENOSPC', 'EDQUOT'])
