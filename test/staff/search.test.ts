/** Search (F58): too little is refused, nobody is picked by the program, two hits need a second member of staff, every pick is in the log. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { StaffView } from '../../src/wire/staff-view.ts'
import { type Reaction, type StaffRobot, TestCounter } from './counter.ts'
import { CHILD, HANAKO, TestTown } from './town.ts'

let town: TestTown
before(async () => {
  town = await TestTown.open()
})
after(() => town.close())

const { abroad: _, kana, ...FOUR } = HANAKO
const { abroad: __, kana: ___, ...CHILDS_FOUR } = CHILD
const BY_NAME = { kana, birth: HANAKO.birth, name: HANAKO.name }
/** Nobody else is called so. */
const JIRO = { name: '番号　次郎', birth: '20170401', sex: '1' as const, address: HANAKO.address }
const FIND_JIRO = { kana: 'バンゴウ　ジロウ', birth: '20170401', sex: '1' }

const pin = (view: StaffView): Reaction =>
  view.kind === 'staffPin' ? { answer: { entered: true }, pin: '1234' } : undefined

async function searching(robot: StaffRobot): Promise<TestCounter> {
  const at = new TestCounter({ backend: town.line(), staff: (view) => robot(view) ?? pin(view) })
  at.layStaffCard(await town.staffCard())
  await at.sees('counter')
  await at.asks('search')
  return at
}

test('kana and birth alone are refused; nobody found is told; one hit is still to be compared and picked', async () => {
  const queries = [{ kana: FIND_JIRO.kana, birth: FIND_JIRO.birth }, { ...FIND_JIRO, sex: '2' }, FIND_JIRO]
  await using at = await searching((view) => {
    if (view.kind === 'search') return { answer: queries.shift() }
    return view.kind === 'candidates' ? { answer: { holder: 'jiro', compared: JIRO } } : undefined
  })
  const { person } = await at.sees('counter', (view) => view.person !== undefined)
  assert.equal(person?.id, 'jiro')
  const problems = at.staffSaw.flatMap((view) => (view.kind === 'search' ? [view.problem] : []))
  assert.deepEqual(problems, [undefined, 'tooWeak', 'nobody'])
  const candidates = at.staffSaw.filter((view) => view.kind === 'candidates')
  assert.deepEqual(
    candidates.map(({ who, secondLook }) => [who, secondLook]),
    [['operator', false]],
  )
})

test('what does not agree with the papers is a mismatch, said and written down; going back picks nobody', async () => {
  let looks = 0
  await using at = await searching((view) => {
    if (view.kind === 'search') return looks === 0 ? { answer: FIND_JIRO } : { answer: { back: true } }
    if (view.kind !== 'candidates') return undefined
    return looks++ === 0
      ? { answer: { holder: 'jiro', compared: { ...JIRO, address: '東京都清瀬市元町１丁目１番地' } } }
      : { answer: { back: true } }
  })
  const { person } = await at.sees('counter')
  assert.equal(person, undefined)
  const problems = at.staffSaw.flatMap((view) => (view.kind === 'candidates' ? [view.problem] : []))
  assert.deepEqual(problems, [undefined, 'mismatch'])
  assert.ok(
    (await town.audit('jiro')).some(({ procedure, result }) => procedure === 'person.picked' && result === 'mismatch'),
  )
})

/** The first takes their card out, the second lays theirs; afterwards the other way round. */
async function seconds(at: TestCounter, who: 0 | 1 = 1): Promise<void> {
  await at.sees('secondOperator', ({ step }) => step === 'come')
  at.staffReader.remove()
  at.layStaffCard(await town.staffCard(who))
}

async function firstAgain(at: TestCounter, who: 0 | 1 = 0): Promise<void> {
  await at.sees('secondOperator', ({ step }) => step === 'leave')
  at.staffReader.remove()
  at.layStaffCard(await town.staffCard(who))
}

const HANAKOS = { holder: 'hanako', compared: FOUR }

test('two hits: a second member of staff compares too, with card and PIN of their own; the log names both', async () => {
  await using at = await searching((view) => {
    if (view.kind === 'search') return { answer: { kana, birth: HANAKO.birth, sex: '2' } }
    return view.kind === 'candidates' ? { answer: HANAKOS } : undefined
  })
  await seconds(at)
  await firstAgain(at)
  const { person, operator } = await at.sees('counter', (view) => view.person !== undefined)
  assert.equal(person?.id, 'hanako')
  assert.equal(operator, '窓口　一郎')
  const looked = at.staffSaw.flatMap((view) => (view.kind === 'candidates' ? [[view.who, view.candidates.length]] : []))
  assert.deepEqual(looked, [
    ['operator', 2],
    ['secondOperator', 2],
  ])
  const picks = (await town.audit('hanako')).filter(({ procedure }) => procedure === 'person.picked')
  assert.deepEqual(
    picks.map(({ operator, result }) => [operator, result]),
    [
      ['demo-staff-1', 'second look needed'],
      ['demo-staff-1', 'picked, seen by demo-staff-2'],
    ],
  )
  at.staffReader.remove()
  await at.sees('signIn')
})

test('two who do not agree pick nobody; the same one twice is not two', async () => {
  let looks = 0
  await using at = await searching((view) => {
    if (view.kind === 'search') return looks === 0 ? { answer: BY_NAME } : undefined
    if (view.kind !== 'candidates') return undefined
    looks++
    if (looks === 2) return { answer: { holder: 'hanako-2', compared: FOUR } }
    return looks === 1 ? { answer: HANAKOS } : { answer: { back: true } }
  })
  await seconds(at, 0)
  await at.sees('secondOperator', ({ problem }) => problem === 'sameOperator')
  at.staffReader.remove()
  at.layStaffCard(await town.staffCard(1))
  await firstAgain(at)
  await at.sees('search')
  const last = at.staffSaw.findLast((view) => view.kind === 'candidates')
  assert.equal(last?.problem, 'mismatch')
  await at.asks('cancel')
  assert.equal((await at.sees('counter')).person, undefined)
})

test('somebody else’s card in the first one’s place does not go on; a cancel while the first is away signs out', async () => {
  await using at = await searching((view) => {
    if (view.kind === 'search') return { answer: BY_NAME }
    return view.kind === 'candidates' ? { answer: HANAKOS } : undefined
  })
  await seconds(at)
  await at.sees('secondOperator', ({ step }) => step === 'leave')
  at.staffReader.remove()
  at.layStaffCard(await town.strangersCard())
  await at.sees('secondOperator', ({ problem }) => problem === 'otherCard')
  await at.asks('cancel')
  await at.sees('signIn')
})

test('the backend away in a search is told, and the search begins again', async () => {
  for (const path of ['/v1/people/search', '/v1/people/pick']) {
    let broken = true
    const fault = (asked: string) => (broken && asked === path ? ('before' as const) : undefined)
    await using at = new TestCounter({
      backend: town.line(fault),
      staff: (view) => {
        if (view.kind === 'search') return { answer: FIND_JIRO }
        if (view.kind === 'candidates') return { answer: { holder: 'jiro', compared: JIRO } }
        return view.kind === 'failed' ? { answer: { seen: true } } : pin(view)
      },
    })
    at.layStaffCard(await town.staffCard())
    await at.sees('counter')
    await at.asks('search')
    await at.sees('counter')
    assert.equal(at.staffSaw.findLast((view) => view.kind === 'failed')?.failure, 'backendUnreachable')
    broken = false
    await at.asks('search')
    assert.equal((await at.sees('counter', (view) => view.person !== undefined)).person?.id, 'jiro')
  }
})

test('no procedure while a search goes on, and no search while one does', async () => {
  await using at = await searching(() => undefined)
  await at.sees('search')
  await assert.rejects(at.staff.call('search', {}), { code: 'busy' })
  at.layCard((await town.person(CHILD)).card)
  assert.deepEqual(CHILDS_FOUR.birth, CHILD.birth)
  await at.asks('cancel')
  await at.sees('counter', (view) => view.card?.backend === 'good')
})
