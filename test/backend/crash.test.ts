import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { CRASH_POINTS, type CrashPlan, crashHook, type FlowPlace, runFlow } from './crash-flow.ts'
import { checkEnd, checkRules } from './crash-rules.ts'
import { onBothEngines } from './engines.ts'

/** Kills beyond one at every place: `MADOGUCHI_KILLS=10000` for the long sweep; a small fixed number otherwise. */
const MORE_KILLS = Number(process.env['MADOGUCHI_KILLS'] ?? 2)

const folders: string[] = []
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** Ends the flow at the planned place; says whether it was reached. */
async function killedAt(where: FlowPlace, plan: CrashPlan): Promise<boolean> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'crash-child.ts'), JSON.stringify({ ...where, plan })],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  const [code, signal] = await once(child, 'exit')
  assert.ok(signal === 'SIGKILL' || code === 0, `the flow failed before ${plan.point}: exit ${code}`)
  return signal === 'SIGKILL'
}

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
        assert.ok(await killedAt(where, plan), `${plan.point} was not reached`)
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

  test('killed again and again at random places until it ends by itself', async () => {
    for (let kills = 0; kills < MORE_KILLS; ) {
      const where = fresh()
      for (let alive = false; !alive; ) {
        const point = CRASH_POINTS[Math.floor(Math.random() * CRASH_POINTS.length)] as string
        alive = !(await killedAt(where, { point, time: 1 + Math.floor(Math.random() * 3) }))
        if (!alive) kills++
        await checkRules(where)
      }
      await checkEnd(where)
    }
  })
})
