/** Starting other programs, plainly. Everything in this folder runs on any Node from 18 on and needs no package. */
import { spawnSync } from 'node:child_process'
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

/** Runs the npm that started us, or the machine's. */
export function npm(args, options) {
  const script = process.env['npm_execpath']
  return script?.endsWith('.js')
    ? succeeds(process.execPath, [script, ...args], options)
    : succeeds('npm', args, { shell: process.platform === 'win32', ...options })
}
