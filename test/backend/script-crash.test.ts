/** The crash matrix for card scripts: killed at every place of backend and terminal, both journals go on, and the card ends proven. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { CertRow } from '../../src/backend/ca/states.ts'
import { SCRIPT_CRASH_POINTS } from '../../src/backend/scripts/scripts.ts'
import { openStore } from '../../src/backend/store/open.ts'
import { onBothEngines } from './engines.ts'
import { runScriptFlow, SCRIPT_PLACES, type ScriptFlow } from './script-crash-flow.ts'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-script-crash-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** EXTERNAL AUTHENTICATE, PUT KEY, GENERATE, STORE DATA: the commands of the card that change something, each lost before and after. */
const TIMES: Readonly<Record<string, readonly number[]>> = {
  'relay.before': [3, 7, 9],
  'relay.after': [4, 8, 10],
  'script.journalled': [1, 3, 4],
}

/** What happens at the terminal is the same on both engines. */
const PLACES = { sqlite: SCRIPT_PLACES, postgres: SCRIPT_CRASH_POINTS }

onBothEngines('script crash matrix', (place) => {
  test('killed at every place, restarted: one active certificate, the same on the card, nothing pending', async () => {
    const where = place()
    const own = mkdtempSync(join(folder, 'flow-'))
    const places = 'url' in where ? PLACES.postgres : PLACES.sqlite
    const plans = places.flatMap((point) => (TIMES[point] ?? [2]).map((time) => ({ point, time })))
    let number = 0
    for (const plan of plans) {
      const flow: ScriptFlow = { place: where, folder: own, number: ++number }
      // The opening is passed once only.
      const killed = await killedAt(flow, plan.point === 'script.opened' ? { ...plan, time: 1 } : plan)
      assert.ok(killed, `${plan.point} ${plan.time} was not reached`)
      const { issuer, serial } = await runScriptFlow(flow, () => {})
      await checkCard(flow, issuer, serial)
    }
  })
})

async function killedAt(flow: ScriptFlow, plan: { readonly point: string; readonly time: number }): Promise<boolean> {
  const path = join(import.meta.dirname, 'script-crash-child.ts')
  const child = spawn(process.execPath, [path, JSON.stringify({ ...flow, plan })], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code, signal] = await once(child, 'exit')
  assert.ok(signal === 'SIGKILL' || code === 0, `the flow failed before ${plan.point}: exit ${code}`)
  return signal === 'SIGKILL'
}

async function checkCard({ place, folder: own, number }: ScriptFlow, issuer: string, serial: number): Promise<void> {
  const store = openStore(place)
  try {
    const certs = await store.all<CertRow>('SELECT * FROM cert WHERE card = ? ORDER BY id', `card-${number}`)
    const [active, ...others] = certs.filter(({ state }) => state === 'active')
    assert.deepEqual([active?.issuer, active?.serial, others.length], [issuer, serial, 0])
    assert.ok(!certs.some(({ state }) => state === 'reserved' || state === 'signed'))
    const image = JSON.parse(readFileSync(join(own, `card-${number}.json`), 'utf8'))
    assert.equal(
      image.cells.jpki['000A'],
      Buffer.from(active?.der ?? [])
        .toString('hex')
        .toUpperCase(),
    )
    const lines = readFileSync(join(own, `journal-${number}.log`), 'utf8')
      .trim()
      .split('\n')
    const open = await store.all('SELECT id FROM script_session WHERE card = ?', `card-${number}`)
    assert.equal(open.length, 1, `one session, also when its opening was asked for twice: ${lines.length} lines`)
  } finally {
    await store.close()
  }
}
