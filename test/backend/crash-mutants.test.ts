/** The crash tests can fail: with each fault that a hurried hand could make, they do. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { FlowPlace } from './crash-flow.ts'
import { checkEnd, checkRules } from './crash-rules.ts'
import { type Lives, lives } from './lives.ts'
import { ALL_MUTANTS, LIFE_MUTANTS, type Mutant, mutated, SCRIPT_MUTANTS } from './mutants.ts'
import { checkCard } from './script-crash-rules.ts'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-mutants-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const source = (mutant: Mutant) => readFileSync(new URL(`../../src/backend/${mutant.file}`, import.meta.url), 'utf8')

/** Kills and lives on with the fault in every process, the rules asked by this one, which has none; what they object to. */
async function objection(mutant: Mutant, entry: string, work: (one: Lives) => Promise<void>): Promise<string> {
  // A place that moved must not pass for a fault that was found.
  mutated(mutant, source(mutant))
  const hook = `${pathToFileURL(join(import.meta.dirname, 'mutate.ts'))}?${ALL_MUTANTS.indexOf(mutant)}`
  const one = lives(entry, { ahead: 0, args: ['--import', hook] })
  try {
    await work(one)
    return 'nothing'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    await one.close()
  }
}

describe('the crash tests notice', { concurrency: 2 }, () => {
  for (const mutant of LIFE_MUTANTS)
    test(mutant.name, async (t) => {
      const own = mkdtempSync(join(folder, 'life-'))
      const where: FlowPlace = { place: { folder: join(own, 'db') }, folder: own }
      const found = await objection(mutant, 'crash-child.ts', async (one) => {
        await one.killed({ ...where, plan: mutant.kill })
        await checkRules(where)
        await one.killed(where)
        await checkRules(where)
        await checkEnd(where)
      })
      t.diagnostic(found.split('\n')[0] ?? '')
      assert.notEqual(found, 'nothing')
    })

  for (const mutant of SCRIPT_MUTANTS)
    test(mutant.name, async (t) => {
      const own = mkdtempSync(join(folder, 'script-'))
      const flow = { place: { folder: join(own, 'db') }, folder: own, number: 1 }
      const found = await objection(mutant, 'script-crash-child.ts', async (one) => {
        await one.killed({ ...flow, plan: mutant.kill })
        await one.killed(flow)
        const last = readFileSync(join(own, 'journal-1.log'), 'utf8').trim().split('\n').at(-1) ?? ''
        const { finished } = JSON.parse(last) as { finished: { issuer: string; serial: number } }
        await checkCard(flow, finished.issuer, finished.serial)
      })
      t.diagnostic(found.split('\n')[0] ?? '')
      assert.notEqual(found, 'nothing')
    })
})
