/** Runs a script on another Node as if it were this process: same streams, its exit code, signals passed on. */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'

export function runOn(node, args, options) {
  const child = spawn(node, args, { ...options, stdio: 'inherit' })
  // Ctrl-C reaches the child by the terminal; we stay until it has cleaned up. A kill aimed at us is passed on.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal]
  })
}
