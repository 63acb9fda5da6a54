/** What anybody may fetch is limited by address: a flood of one is shed by code, and waiting helps. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Running, runBackend } from '../../apps/backend/run.ts'
import { HIERARCHY, MASTER } from './fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-limits-'))
let running: Running
before(async () => {
  running = await runBackend({
    ...{ place: { folder }, master: MASTER, crlFolder: join(folder, 'crl'), ceremony: HIERARCHY.quick },
    ...{ role: 'public', host: '127.0.0.1', port: 0, version: 'test', log: () => {} },
  })
})
after(async () => {
  await running.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('a flood of fetches from one address', () => {
  for (const path of ['/authorities/auth-2.crt', '/crl/auth-2/all.crl', '/status/auth-2'])
    test(`${path} is shed by tooManyRequests, and given again after a moment`, async () => {
      const fetched = async () => {
        const response = await fetch(running.address + path)
        const bytes = await response.arrayBuffer()
        return response.status === 200
          ? 'given'
          : `${response.status} ${JSON.parse(Buffer.from(bytes).toString()).code}`
      }
      const answers = new Set<string>()
      const started = performance.now()
      while (answers.size < 2 && performance.now() - started < 20_000)
        for (const answer of await Promise.all(Array.from({ length: 300 }, fetched))) answers.add(answer)
      assert.deepEqual([...answers].sort(), ['429 tooManyRequests', 'given'])
      await sleep(500)
      assert.equal(await fetched(), 'given')
    })
})
