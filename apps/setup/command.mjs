/** Starting other programs, plainly. Everything in this folder runs on any Node from 18 on and needs no package. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Says what is being done. On stderr, so that a command's own output stays clean. */
export const say = (text) => process.stderr.write(`${text}\n`)

/** Runs a program with its output on stderr. True when it ended well. */
export function succeeds(program, args, options = {}) {
  const { status } = spawnSync(program, args, { cwd: root, ...options, stdio: ['ignore', 2, 2] })
  return status === 0
}

/** A program's standard output, or undefined when it is missing or failed. */
export function outputOf(program, args) {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return status === 0 ? stdout : undefined
}

/** Where npm may keep what it fetches: its own folder, or one in this project when that cannot be written (a read-only home). */
function npmCache() {
  const usual = process.env['npm_config_cache'] ?? join(homedir(), '.npm')
  try {
    mkdirSync(usual, { recursive: true })
    accessSync(usual, constants.W_OK)
    return usual
  } catch {
    return join(root, '.runtime', 'npm-cache')
  }
}

/** Runs the npm that started us, or the machine's. */
export function npm(args, { env = process.env, ...rest } = {}) {
  const options = { ...rest, env: { ...env, npm_config_cache: npmCache() } }
  const script = process.env['npm_execpath']
  return script?.endsWith('.js')
    ? succeeds(process.execPath, [script, ...args], options)
    : succeeds('npm', args, { shell: process.platform === 'win32', ...options })
}
