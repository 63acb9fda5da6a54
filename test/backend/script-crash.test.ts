/** The crash matrix for card scripts: killed at every place of backend and terminal, both journals go on, and the card ends proven. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { onBothEngines } from './engines.ts'
import { lives } from './lives.ts'
import { runScriptFlow, SCRIPT_PLACES, type ScriptFlow } from './script-crash-flow.ts'
import { checkCard } from './script-crash-rules.ts'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-script-crash-'))
const children = lives('script-crash-child.ts')
after(async () => {
  await children.close()
  rmSync(folder, { recursive: true, force: true })
})

/** EXTERNAL AUTHENTICATE, PUT KEY, GENERATE, STORE DATA: the commands of the card that change something, each lost before and after. */
const TIMES: Readonly<Record<string, readonly number[]>> = {
  'relay.before': [3, 7, 9],
  'relay.after': [4, 8, 10],
  'script.opened': [1],
  'script.journalled': [1, 3, 4],
}

onBothEngines('script crash matrix', (place) => {
  test('killed at every place, restarted: one active certificate, the same on the card, nothing pending', async () => {
    const where = place()
    const own = mkdtempSync(join(folder, 'flow-'))
    const plans = SCRIPT_PLACES.flatMap((point) => (TIMES[point] ?? [2]).map((time) => ({ point, time })))
    let number = 0
    for (const plan of plans) {
      const flow: ScriptFlow = { place: where, folder: own, number: ++number }
      const killed = await children.killed({ ...flow, plan })
      assert.ok(killed, `${plan.point} ${plan.time} was not reached`)
      const { issuer, serial } = await runScriptFlow(flow, () => {})
      await checkCard(flow, issuer, serial)
    }
  })
})
