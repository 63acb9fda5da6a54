/**
 * `npm test [-- PATH…]`: every `*.test.ts` under test/, or under the paths given, each file in a process of its own.
 * The last line is `N passed, N failed, N skipped`. In CI a skipped or unfinished (todo) test is a failure.
 */
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'

const root = join(import.meta.dirname, '..')
const wanted = process.argv.slice(2)
const files = globSync('test/**/*.test.ts', { cwd: root })
  .filter((file) => wanted.length === 0 || wanted.some((path) => file.startsWith(path.replace(/\/$/, ''))))
  .sort()
  .map((file) => join(root, file))

const FIVE_MINUTES = 300_000
const tests = run({
  ...{ files, cwd: root, concurrency: Math.max(2, availableParallelism()), timeout: FIVE_MINUTES },
  execArgv: ['--import', import.meta.resolve('./overtime.ts')],
})

const counts = { passed: 0, failed: 0, skipped: 0 }
const slow: { file: string; seconds: number }[] = []
tests.on('test:summary', ({ file, counts: of, duration_ms }) => {
  if (file !== undefined) slow.push({ file: relative(root, file), seconds: duration_ms / 1000 })
  else {
    counts.passed = of.passed
    counts.failed = of.tests - of.passed - of.skipped - of.todo
    counts.skipped = of.skipped + of.todo
  }
})

const report = tests.compose(new spec())
report.pipe(process.stdout, { end: false })
report.on('end', () => {
  slow.sort((a, b) => b.seconds - a.seconds)
  const slowest = slow.slice(0, 5).map(({ file, seconds }) => `${file} ${seconds.toFixed(1)} s`)
  const unfinished = process.env['CI'] === 'true' && counts.skipped > 0
  if (counts.failed > 0 || counts.passed === 0 || unfinished) process.exitCode = 1
  process.stdout.write(`\nSlowest files: ${slowest.join(', ')}\n`)
  if (unfinished) process.stdout.write('In CI nothing may be skipped.\n')
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`)
})
