/** Script sessions on both engines, and two backends on one database that both hear every report (rule 3, P18). */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { ScriptReply } from '../../src/backend/scripts/scripts.ts'
import type { ScriptReport } from '../../src/wire/card-script.ts'
import { onBothEngines } from './engines.ts'
import { TERMINAL } from './fixture.ts'
import { startPostgres } from './postgres-server.ts'
import { scriptBackend } from './script-fixture.ts'
import { runToEnd } from './script-relay.ts'

const AUTH = { procedure: 'certificate', kind: 'auth' } as const

onBothEngines('a script session', (place) => {
  test('a certificate, with a line that breaks in the middle of the write', async () => {
    const { parts, cardOnReader, begin, perform } = await scriptBackend(place())
    const at = await cardOnReader()
    const { relay, first, next } = await begin(at, AUTH)
    relay.breaks = [{ script: 5, step: 1, at: 'after' }]
    assert.equal((await runToEnd(relay, first, next)).kind, 'finished')
    assert.ok(relay.trace.includes('lost'))
    assert.equal((await perform(at, { procedure: 'pinReset', pin: 'auth' }, { auth: '7391' })).reply.kind, 'finished')
    const answered = await parts.store.get<{ n: number }>('SELECT COUNT(*) AS n FROM script_step WHERE sw IS NOT NULL')
    assert.ok((answered?.n ?? 0) > 20)
    await parts.store.close()
  })
})

describe('two backends on one PostgreSQL', () => {
  test('both are told every report at once: one script, byte for byte, and one certificate', async (t) => {
    const server = await startPostgres()
    after(() => server.stop())
    const url = server.database()
    const one = await scriptBackend({ url })
    const two = await scriptBackend({ url })
    t.after(() => Promise.all([one.parts.store.close(), two.parts.store.close()]))
    const at = await one.cardOnReader()
    for (let round = 0; round < 3; round++) {
      const { relay, first } = await one.begin(at, AUTH)
      const both = async (report: ScriptReport): Promise<ScriptReply> => {
        const answers = await Promise.all(
          [one, two, one, two].map(({ service }) => untilAnswered(() => service.next(first.session, report, TERMINAL))),
        )
        for (const answer of answers) assert.deepEqual(answer, answers[0])
        return answers[0] as ScriptReply
      }
      assert.equal((await runToEnd(relay, first, both)).kind, 'finished')
    }
    const states = await one.parts.store.all<{ state: string; n: number }>(
      'SELECT state, COUNT(*) AS n FROM cert WHERE card = ? GROUP BY state ORDER BY state',
      at.serial,
    )
    assert.deepEqual(
      states.map(({ state, n }) => [state, n]),
      [
        ['active', 1],
        ['revoked', 2],
      ],
    )
  })
})

/** The same order in both hands: one of them is told to ask again in a moment. */
async function untilAnswered(ask: () => Promise<ScriptReply>): Promise<ScriptReply> {
  for (let tries = 0; ; tries++)
    try {
      return await ask()
    } catch (error) {
      if (tries > 50 || (error as { code?: string }).code !== 'inProgress') throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
}
