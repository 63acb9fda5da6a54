/** `npm run bench [-- WORD…]`: runs the bench modules whose file name holds one of the words, or all; JSON lines on stdout. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const folder = import.meta.dirname
const words = process.argv.slice(2)
const files = readdirSync(folder).filter(
  (file) => file.endsWith('.bench.ts') && (words.length === 0 || words.some((word) => file.includes(word))),
)

/** A module that takes longer measures something else than it should. */
const BUDGET_MS = 180_000

let failed = 0
for (const file of files.sort()) {
  // A process of its own: one module's heap and compiled code must not colour the next one's numbers.
  const { status } = spawnSync(process.execPath, ['--expose-gc', join(folder, 'one.ts'), file], {
    stdio: 'inherit',
    timeout: BUDGET_MS,
  })
  if (status === 0) continue
  process.stderr.write(`${file} ${status === null ? 'took too long' : 'failed'}\n`)
  failed++
}
process.exitCode = failed === 0 ? 0 : 1
