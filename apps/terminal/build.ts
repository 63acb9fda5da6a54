/**
 * The faces of the terminal as files for a browser: the only build step of the house. Built when a source is newer than what was built
 * (`npm start`, tests), always by `npm run build`.
 */
import { existsSync, globSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { InlineConfig, Plugin } from 'vite'

const renderer = join(import.meta.dirname, 'renderer')
const root = join(import.meta.dirname, '../..')
const built = join(renderer, 'dist')
const FACES = ['kiosk', 'resident', 'counter', 'phone', 'faces', 'diagnostics', 'desk']

/** Every browser that runs this reads WOFF2; the older form of each font would double the package. */
const onlyWoff2: Plugin = {
  name: 'only-woff2',
  enforce: 'pre',
  transform: {
    filter: { id: /@fontsource.*\.css$/ },
    handler: (css) => css.replaceAll(/, url\([^)]+\.woff\) format\('woff'\)/g, ''),
  },
}

const configOf = (pages: string): InlineConfig => ({
  root: pages,
  base: '/',
  configFile: false,
  logLevel: 'warn',
  plugins: [onlyWoff2],
  build: {
    outDir: join(pages, 'dist'),
    emptyOutDir: true,
    // Every file stays a file: the page's policy allows no inline script, style or data: font.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'licences.json' },
    rolldownOptions: { input: FACES.map((face) => join(pages, face, 'index.html')) },
  },
})

/** What the faces are made of: themselves, the rooms they share with the host, and the versions of what they bundle. */
const sources = (): string[] => [
  ...globSync(
    [
      'apps/terminal/renderer/{kiosk,resident,counter,phone,faces,diagnostics,desk,shared}/**/*',
      'apps/browser-host/desk/desk-api.ts',
      'apps/faces/faces-api.ts',
      'apps/terminal/build.ts',
    ],
    { cwd: root },
  ),
  ...globSync(['src/{base,wire}/**/*.ts', 'package-lock.json'], { cwd: root }),
]

function isCurrent(): boolean {
  const mark = join(built, 'kiosk/index.html')
  if (!existsSync(mark)) return false
  const { mtimeMs } = statSync(mark)
  return sources().every((path) => statSync(join(root, path)).mtimeMs <= mtimeMs)
}

/** @param pages the folder of the faces; a test builds a copy with recordings of its own */
export async function buildRenderer(pages = renderer): Promise<void> {
  const { build } = await import('vite')
  await build(configOf(pages))
}

/** The folder of the built faces. What `npm pack` ships holds them ready; in the sources they are built when they have to be. */
export async function rendererFiles(): Promise<string> {
  const inSources = existsSync(join(renderer, 'kiosk/main.tsx'))
  if (inSources && !isCurrent()) await alone(async () => isCurrent() || (await buildRenderer()))
  return built
}

/** A build never takes so long: whoever held the lock is gone. */
const FORGOTTEN_MS = 60_000

/** Programs that start together build once: the others wait. */
async function alone(work: () => Promise<unknown>): Promise<void> {
  const lock = `${built}.lock`
  while (!taken(lock)) {
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
    if (Date.now() - since > FORGOTTEN_MS) rmSync(lock, { recursive: true, force: true })
    else await setTimeout(100)
  }
  try {
    await work()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

function taken(lock: string): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

if (import.meta.main) {
  await buildRenderer()
  const { missingIn, RECORDINGS } = await import('./speech/missing.ts')
  // Nothing is broken by it: the pages are complete, and a chime says that there is something to read.
  for (const sentence of missingIn(RECORDINGS)) console.warn(sentence)
}
