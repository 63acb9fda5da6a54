/** Showing an address to whoever sits here: in Electron's window where its program is, else in the machine's own browser. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { electronProgram } from '../terminal/packaging/electron-program.ts'
import { isInstalled } from './program.ts'

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [program: string, ...args: string[]]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  linux: ['xdg-open'],
}
const WINDOW = join(import.meta.dirname, 'electron-window.cjs')

export interface Machine {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where Electron's program lies. */
  readonly electron: string | undefined
  readonly isInstalled: (program: string) => boolean
}

/** The command that shows `url`; undefined where there is no screen, or nothing to show it with. */
export function opener({ platform, env, electron, isInstalled }: Machine, url: string): readonly string[] | undefined {
  if (platform === 'linux' && (env['DISPLAY'] ?? env['WAYLAND_DISPLAY'] ?? '') === '') return undefined
  if (electron !== undefined) return [electron, WINDOW, url]
  const [program, ...args] = OPENERS[platform] ?? []
  if (program === undefined || (platform === 'linux' && !isInstalled(program))) return undefined
  return [program, ...args, url]
}

/** Shows it if that can be; the address was printed for whoever cannot see it. */
export function openWindow(url: string): void {
  const { platform, env } = process
  const [program, ...args] = opener({ platform, env, electron: electronProgram(), isInstalled }, url) ?? []
  if (program === undefined) return
  spawn(program, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
}
