/** Chromium as the end-to-end tests use it: Debian's, without a screen, and with everything noted that a page should not do. */
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

export const CHROMIUM = '/usr/bin/chromium'
const QUIET = [
  '--use-fake-device-for-media-stream',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
]

/** @param more switches of Chromium besides the usual ones */
export async function openBrowser(more: readonly string[] = [], program = CHROMIUM): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new Error('this test needs Chromium: apt-get install chromium')
  // Chromium refuses its sandbox to root, as which containers run.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const args = [...QUIET, '--disable-component-update', '--disable-sync', ...asRoot, ...more]
  return await chromium.launch({ executablePath: program, args })
}

/** Pixels of the screens that residents stand before: 10, 15 and 21 inches, upright and across. */
export const PANELS = {
  '10': { width: 800, height: 1280 },
  '10 across': { width: 1280, height: 800 },
  '15': { width: 1920, height: 1080 },
  '15 upright': { width: 1080, height: 1920 },
  '21': { width: 1920, height: 1080 },
  '21 upright': { width: 1080, height: 1920 },
} as const
export type Panel = keyof typeof PANELS

/** Pixels of the screens that staff sit before. */
export const OFFICE = {
  small: { width: 1280, height: 720 },
  middle: { width: 1366, height: 768 },
  large: { width: 1920, height: 1080 },
} as const
export type OfficeScreen = keyof typeof OFFICE
export type ScreenSize = Panel | OfficeScreen
const pixelsOf = (size: ScreenSize) => ({ ...PANELS, ...OFFICE })[size]

export interface WatchedPage {
  readonly page: Page
  /** Errors, warnings and violations of the page's policy. */
  readonly complaints: string[]
  /** Every WebSocket message, as bytes in latin-1. */
  readonly sent: string[]
  readonly received: string[]
}

/** A page of its own, with nothing of any other page: no cookie, no storage. */
export async function openPage(
  browser: Browser,
  url: string,
  size: ScreenSize,
  locale = 'ja-JP',
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: pixelsOf(size), reducedMotion: 'reduce', locale })
  return await watchPage(context, url, size)
}

export async function watchPage(context: BrowserContext, url: string, size: ScreenSize): Promise<WatchedPage> {
  const page = await context.newPage()
  await page.setViewportSize(pixelsOf(size))
  const watched: WatchedPage = { page, complaints: [], sent: [], received: [] }
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) watched.complaints.push(message.text())
  })
  page.on('pageerror', (error) => watched.complaints.push(error.message))
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => watched.sent.push(Buffer.from(payload).toString('latin1')))
    socket.on('framereceived', ({ payload }) => watched.received.push(Buffer.from(payload).toString('latin1')))
  })
  const address = new URL(url)
  if (size in PANELS) address.searchParams.set('panel', size.slice(0, 2))
  await page.goto(address.href)
  return watched
}
