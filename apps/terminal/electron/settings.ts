/** What an operator decides about one terminal: a file that only an administrator can write. */
import { isAbsolute } from 'node:path'
import { z } from 'zod'

/** Of this terminal, as the hall is told (`src/host/settings.ts`). */
const place = z.strictObject({
  terminal: z.string().min(1).max(64),
  role: z.enum(['kiosk', 'town', 'postOffice', 'consulate']).default('kiosk'),
  place: z.string().min(1).max(128),
  /** The one reader of this terminal; any of them when left out. */
  reader: z.string().max(256).optional(),
  /** The reader of staff cards, at a counter. */
  staffReader: z.string().max(256).optional(),
  keypad: z.enum(['telephone', 'shuffled']).default('telephone'),
})

export const settingsSchema = z.strictObject({
  place: place.default({ terminal: 'terminal', role: 'kiosk', place: 'まどぐち', keypad: 'telephone' }),
  /** `simulated`: readers and cards of this program's own, for looking at it; never packaged. */
  readers: z.enum(['real', 'simulated']).default('real'),
  /** Addresses of the backend's endpoints, the preferred one first; without one the terminal works alone. */
  backend: z
    .array(z.url({ protocol: /^https$/ }))
    .max(4)
    .default([]),
  /** Size of the panel in inches, for sizes in millimetres. */
  panel: z.enum(['10', '15', '21']).optional(),
  /** Where the keeper's page saves; a folder of the program's own when left out. The one above it must be there. */
  diagnosticsFolder: z.string().max(1024).refine(isAbsolute).optional(),
})
export type Settings = z.infer<typeof settingsSchema>

const PLACES: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: '/etc/madoguchi/terminal.json',
  darwin: '/Library/Application Support/Madoguchi/terminal.json',
  win32: 'C:\\ProgramData\\Madoguchi\\terminal.json',
}

/** Where the file lies. Only a checkout may be told another place, by `MADOGUCHI_TERMINAL`. */
export function settingsPath(
  packaged: boolean,
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  return (packaged ? undefined : env['MADOGUCHI_TERMINAL']) ?? PLACES[platform]
}

/** The settings a file holds; without a file, those of a terminal that nobody has decided anything about. Throws on what is no setting. */
export function settingsFrom(text: string | undefined, packaged: boolean): Settings {
  const settings = settingsSchema.parse(text === undefined ? {} : JSON.parse(text))
  if (packaged && settings.readers === 'simulated') throw new Error('a packaged terminal has no simulated readers')
  return settings
}
