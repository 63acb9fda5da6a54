import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { CRASH_POINTS, crashHook, type FlowPlace, runFlow } from './crash-flow.ts'
import { checkEnd, checkRules } from './crash-rules.ts'
import { onBothEngines } from './engines.ts'
import { lives } from './lives.ts'

const children = lives('crash-child.ts')
const folders: string[] = []
after(async () => {
  await children.close()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** Every place once or twice: how often a life without death reaches each. */
async function placesReached(where: FlowPlace): Promise<Map<string, number>> {
  const reached = new Map<string, number>()
  await runFlow(where, (point) => reached.set(point, (reached.get(point) ?? 0) + 1))
  return reached
}

onBothEngines('crash matrix', (place) => {
  const fresh = (): FlowPlace => {
    const folder = mkdtempSync(join(tmpdir(), 'madoguchi-crash-'))
    folders.push(folder)
    return { place: place(), folder }
  }

  test('a life without death reaches every crash point there is and keeps the rules', async () => {
    const where = fresh()
    const reached = await placesReached(where)
    assert.deepEqual([...reached.keys()].sort(), [...CRASH_POINTS].sort())
    await checkRules(where)
    await checkEnd(where)
    // Run again, nothing changes: every answer comes from the journal.
    await runFlow(
      where,
      crashHook(undefined, () => {}),
    )
    await checkEnd(where)
  })

  test('killed at every crash point, restarted: rules hold, nothing acknowledged is lost, the flow ends', async () => {
    const plans = CRASH_POINTS.map((point) => ({ point, time: 1 }))
    // Two at a time: the machine has two cores.
    const queue = [...plans]
    const worker = async () => {
      for (let plan = queue.shift(); plan !== undefined; plan = queue.shift()) {
        const where = fresh()
        assert.ok(await children.killed({ ...where, plan }), `${plan.point} was not reached`)
        await checkRules(where)
        await runFlow(
          where,
          crashHook(undefined, () => {}),
        )
        await checkRules(where)
        await checkEnd(where)
      }
    }
    await Promise.all([worker(), worker()])
  })
})
