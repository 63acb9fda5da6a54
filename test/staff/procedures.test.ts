/** The procedures of a counter over both channels: 交付前設定, 交付, 初期化 (F03–F06, F11–F13, P6, P7). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { takes } from '../procedures/terminal.ts'
import { type CounterOptions, TestCounter } from './counter.ts'
import { CHOSEN, clerk, ready, resident, through, type Wishes } from './people.ts'
import { CHILD, HANAKO, type Issued, TestTown } from './town.ts'

let town: TestTown
before(async () => {
  town = await TestTown.open()
})
after(() => town.close())

function counter(wishes: Wishes = {}, options: Partial<CounterOptions> = {}): TestCounter {
  const at: TestCounter = new TestCounter({
    ...{ backend: town.line(), staff: clerk(wishes), resident: resident(() => at) },
    ...options,
  })
  return at
}

/** Set up at another counter before. */
async function setUp(issued: Issued): Promise<Issued> {
  await using at = counter({ person: issued })
  await ready(at, town, issued)
  assert.equal(await through(at, 'preDelivery'), 'done')
  return issued
}

async function search(at: TestCounter): Promise<void> {
  await at.asks('search')
  await at.sees('counter', (view) => view.person !== undefined && view.card !== undefined)
}

async function delivered(issued: Issued): Promise<Issued> {
  await using at = counter({ person: await setUp(issued), proxy: issued.attributes === CHILD })
  await ready(at, town, issued)
  await search(at)
  assert.equal(await through(at, 'delivery'), 'done')
  return issued
}

const PLACES = ['sign', 'auth', 'text', 'juki', 'common'] as const
const pinAt = (place: (typeof PLACES)[number]) => CHOSEN[place === 'common' ? 'juki' : place]

test('交付前設定 and 交付: certificates in use, four PINs as chosen, the chip tested, the card delivered (F03, P7)', async () => {
  const issued = await setUp(await town.person())
  assert.equal(await town.stateOf(issued), 'setUp')
  await using at = counter({ person: issued })
  await ready(at, town, issued)
  const before = at.staffSaw.findLast((view) => view.kind === 'counter')
  assert.deepEqual(before?.procedures.find(({ procedure }) => procedure === 'delivery')?.hindrance, 'noPerson')
  await search(at)
  assert.equal(await through(at, 'delivery'), 'done')
  assert.equal(await town.stateOf(issued), 'delivered')
  for (const place of PLACES) assert.ok(takes(issued.card, place, pinAt(place)), place)
  const tested = at.staffSaw.find((view) => view.kind === 'selfTest')
  assert.deepEqual(tested?.items, [
    { item: 'applicationsSelect', passed: true },
    { item: 'pinsVerify', passed: true },
    { item: 'certificatesGood', passed: true },
  ])
  const kinds = (await town.certificatesOf(issued)).filter(({ state }) => state === 'active').map(({ kind }) => kind)
  assert.deepEqual(kinds.sort(), ['auth', 'sign'])
})
