/** The machine's own way to show an address to its user, where there is a screen to show it on. */
import { spawn } from 'node:child_process'
import { isInstalled } from './program.ts'

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [program: string, ...args: string[]]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  linux: ['xdg-open'],
}

/** True when a browser was asked to open it. */
export function openBrowser(url: string): boolean {
  const [program, ...args] = OPENERS[process.platform] ?? []
  const { DISPLAY, WAYLAND_DISPLAY } = process.env
  const noScreen = process.platform === 'linux' && (DISPLAY ?? WAYLAND_DISPLAY ?? '') === ''
  if (program === undefined || noScreen || (process.platform === 'linux' && !isInstalled(program))) return false
  spawn(program, [...args, url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
  return true
}
