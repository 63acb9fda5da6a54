/**
 * Killed again and again, at random places and at random moments, until the life ends by itself. `MADOGUCHI_KILLS=10000` for the long
 * sweep, `MADOGUCHI_KILL_SECONDS` to end it by the clock; see README.md.
 */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { StorePlace } from '../../src/backend/store/open.ts'
import { type CrashPlan, type FlowPlace, LIFE_CRASH_POINTS } from './crash-flow.ts'
import { checkEnd, checkRules } from './crash-rules.ts'
import { openFixture } from './fixture.ts'
import { lives } from './lives.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'

const KILLS = Number(process.env['MADOGUCHI_KILLS'] ?? 24)
const SECONDS = Number(process.env['MADOGUCHI_KILL_SECONDS'] ?? Number.POSITIVE_INFINITY)
/** A death at any place comes within so many of them; a life has about three times as many. */
const SOON = 30
const TOLD_EVERY = 500

/** Databases with the authorities made, so that a life begins where it differs from the others. */
interface Places {
  fresh(): Promise<StorePlace>
  drop(place: StorePlace): Promise<void>
}

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-sweep-'))
const children = lives('crash-child.ts', { ahead: availableParallelism() + 1 })
after(async () => {
  await children.close()
  rmSync(folder, { recursive: true, force: true })
})

async function prepared(place: StorePlace): Promise<void> {
  const { store } = await openFixture(place)
  await store.close()
}

type Kill = { readonly plan: CrashPlan } | { readonly afterMs: number }

const pick = (most: number) => Math.floor(Math.random() * most)

function nextKill(lifeMs: number): Kill {
  switch (pick(3)) {
    // From outside, between any two instructions.
    case 0:
      return { afterMs: Math.random() * lifeMs }
    case 1:
      return { plan: { point: 'any', time: 1 + pick(SOON) } }
    default:
      return { plan: { point: LIFE_CRASH_POINTS[pick(LIFE_CRASH_POINTS.length)] as string, time: 1 + pick(2) } }
  }
}

async function sweep(places: Places, tell: (text: string) => void): Promise<void> {
  const start = performance.now()
  const seconds = () => (performance.now() - start) / 1000
  let kills = 0
  let ended = 0
  let lifeMs = 250
  const wanted = () => kills < KILLS && seconds() < SECONDS

  async function life(): Promise<void> {
    const where: FlowPlace = { place: await places.fresh(), folder: mkdtempSync(join(folder, 'life-')) }
    const past: Kill[] = []
    try {
      for (let alive = false; !alive; ) {
        const kill = nextKill(lifeMs)
        past.push(kill)
        const job = 'plan' in kill ? { ...where, plan: kill.plan } : where
        const begun = performance.now()
        alive = !(await children.killed(job, 'afterMs' in kill ? kill.afterMs : undefined))
        if (alive) lifeMs = 0.9 * lifeMs + 0.1 * (performance.now() - begun)
        else if (++kills % TOLD_EVERY === 0)
          tell(`${kills} kills in ${seconds().toFixed(0)} s, ${ended} lives ended well`)
        await checkRules(where)
      }
      await checkEnd(where)
      ended++
    } catch (error) {
      throw new Error(`after the kills ${JSON.stringify(past)}`, { cause: error })
    }
    rmSync(where.folder, { recursive: true, force: true })
    await places.drop(where.place)
  }

  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      while (wanted()) await life()
    }),
  )
  tell(`${kills} kills, ${ended} lives, ${seconds().toFixed(0)} s`)
  assert.ok(kills > 0 && ended > 0)
}

describe('crash sweep', () => {
  let server: PostgresServer
  before(async () => {
    server = await startPostgres()
  })
  after(() => server.stop())

  test('random kills on SQLite: the rules hold after each, every life ends where it must', async (t) => {
    const template = join(folder, 'template')
    await prepared({ folder: template })
    let n = 0
    await sweep(
      {
        async fresh() {
          const own = join(folder, `db-${++n}`)
          cpSync(template, own, { recursive: true })
          return { folder: own }
        },
        async drop(place) {
          if ('folder' in place) rmSync(place.folder, { recursive: true, force: true })
        },
      },
      (text) => t.diagnostic(text),
    )
  })

  test('random kills on PostgreSQL: the rules hold after each, every life ends where it must', async (t) => {
    const template = server.database()
    await prepared({ url: template })
    await sweep(
      {
        fresh: async () => ({ url: await server.copy(template) }),
        drop: (place) => ('url' in place ? server.drop(place.url) : Promise.resolve()),
      },
      (text) => t.diagnostic(text),
    )
  })
})
