/** Eight processes with pyscard at one reader: transactions keep them apart, and one that dies in the middle takes nobody with it. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { TestService } from '../virtual/with-service.ts'

const SCRIPT = new URL('./many-processes.py', import.meta.url).pathname
const PROCESSES = 8
const TIMES = 40

test('eight processes, forty transactions each: no mark of another, no loss, the longest command included', async () => {
  await using it = await TestService.start()
  const chip = it.withCard('窓口 Counter')
  const env = { ...process.env, ...it.service.env }
  const runs = await Promise.all(
    Array.from({ length: PROCESSES }, async (_, i) => {
      const args = [SCRIPT, '窓口 Counter', String(i + 1), String(TIMES), ...(i === 0 ? ['dies'] : [])]
      const { stdout } = await promisify(execFile)('/usr/bin/python3', args, { env, timeout: 60_000 })
      return stdout.trim()
    }),
  )
  const [died, ...lived] = runs
  assert.equal(died, '')
  for (const run of lived) assert.match(run, /^0 [01] 65537$/)
  assert.ok(chip.log.filter((entry) => entry === 'warm').length >= 1, 'the card of the dead process was reset')
  assert.equal(chip.log.filter((entry) => entry === 'ins 20').length, PROCESSES * TIMES)
  const sharing = () => it.bay.slot('窓口 Counter')?.sharing
  // The service hears of the last one a moment after it has gone.
  for (let i = 0; i < 200 && sharing() !== 0; i++) await delay(10)
  assert.equal(sharing(), 0)
})
