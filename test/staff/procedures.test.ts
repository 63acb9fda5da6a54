/** The procedures of a counter over both channels: 交付前設定, 交付, 初期化 (F03–F06, F11–F13, P6, P7). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { memoryJournalStore } from '../../src/host/journal-store.ts'
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
  await using at = counter({ person: await setUp(issued), proxy: issued.attributes.birth === CHILD.birth })
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

test('F05: what the resident chooses is asked at their side alone; staff see that they act, and they that staff do', async () => {
  const issued = await setUp(await town.person())
  await using at = counter({ person: issued }, { resident: resident(() => at, CHOSEN, true) })
  await ready(at, town, issued)
  await search(at)
  assert.equal(await through(at, 'delivery'), 'done')
  const asked = at.residentSaw.flatMap((view) => (view.kind === 'enterPin' ? [`${view.pin} ${view.purpose}`] : []))
  assert.deepEqual(asked, ['sign new', 'sign again', 'auth new', 'auth again'], 'one number for the three')
  for (const place of ['auth', 'text', 'juki', 'common'] as const)
    assert.ok(takes(issued.card, place, CHOSEN.auth), place)
  assert.ok(!at.staffSaw.some((view) => view.kind === 'staffPin' && view.who !== 'operator'))
  const doing = at.staffSaw.flatMap((view) => (view.kind === 'residentActs' ? [view.doing] : []))
  assert.ok(doing.includes('enterPin') && doing.includes('samePin') && doing.includes('takeCard'))
  assert.ok(at.residentSaw.some(({ kind }) => kind === 'waitForStaff'))
})

test('a weak PIN is explained and may be kept; one that is none is asked for again', async () => {
  const issued = await setUp(await town.person())
  const typed: Record<string, string[]> = { auth: ['99', '1234', '1234'] }
  await using at = counter(
    { person: issued },
    {
      resident: (view) =>
        view.kind === 'enterPin'
          ? { answer: { entered: true }, pin: typed[view.pin]?.shift() ?? CHOSEN[view.pin] }
          : resident(() => at)(view),
    },
  )
  await ready(at, town, issued)
  await search(at)
  assert.equal(await through(at, 'delivery'), 'done')
  const problems = at.residentSaw.flatMap((view) =>
    view.kind === 'enterPin' && view.pin === 'auth' ? [view.problem] : [],
  )
  assert.deepEqual(problems, [undefined, 'notAllowed', 'weak'])
  assert.ok(takes(issued.card, 'auth', '1234'))
})

test('what staff know of the person counts as easily guessed: the birth date, in the era too, and the year the card ends', async () => {
  const issued = await setUp(await town.person(HANAKO, 'factory', { overrides: { cardExpiry: '20350331' } }))
  const typed: string[] = []
  await using at = counter(
    { person: issued, pin: 'text' },
    {
      resident: (view) =>
        view.kind === 'enterPin'
          ? { answer: { entered: true }, pin: typed.shift() ?? CHOSEN[view.pin] }
          : resident(() => at)(view),
    },
  )
  const problems = () => at.residentSaw.splice(0).flatMap((view) => (view.kind === 'enterPin' ? [view.problem] : []))
  await ready(at, town, issued)
  await search(at)
  typed.push('X19890331', CHOSEN.sign, CHOSEN.sign, '0331')
  assert.equal(await through(at, 'delivery'), 'done')
  const rest = ['auth', 'text', 'juki'].flatMap(() => [undefined, undefined])
  assert.deepEqual(problems(), [undefined, 'weak', undefined, undefined, 'weak', ...rest.slice(1)])
  at.layCard(issued.card)
  await at.sees('counter', (view) => view.card?.state === 'delivered')
  await search(at)
  typed.push('0103', '2035')
  assert.equal(await through(at, 'counterPinReset'), 'done')
  assert.deepEqual(problems(), [undefined, 'weak', 'weak', undefined])
  assert.ok(takes(issued.card, 'text', CHOSEN.text))
})

test('a child of seven, with a parent: no signature certificate, three PINs, and the proxy in the record', async () => {
  const issued = await delivered(await town.person(CHILD))
  assert.equal(await town.stateOf(issued), 'delivered')
  assert.deepEqual(
    (await town.certificatesOf(issued)).map(({ kind }) => kind),
    ['auth'],
  )
  assert.ok(takes(issued.card, 'auth', CHOSEN.auth))
  assert.ok(!takes(issued.card, 'sign', CHOSEN.sign))
  const checks = (await town.audit(issued.holder)).filter(({ procedure }) => procedure === 'identity.checked')
  assert.match(checks[0]?.result ?? '', /proxy legalRepresentative/)
})

test('a face that was not compared wants somebody who acts for the holder', async () => {
  const issued = await setUp(await town.person(CHILD))
  const usual = clerk({ person: issued, proxy: true })
  await using at = counter(
    {},
    {
      staff: (view) =>
        view.kind === 'checkIdentity' && view.problem === undefined
          ? { answer: { documents: ['noticeOfIssue'], face: 'notCompared' } }
          : usual(view),
    },
  )
  await ready(at, town, issued)
  await search(at)
  assert.equal(await through(at, 'delivery'), 'done')
  const problems = at.staffSaw.flatMap((view) => (view.kind === 'checkIdentity' ? [view.problem] : []))
  assert.deepEqual(problems, [undefined, 'faceOrProxy'])
})

test('a face that is not the one of the photo: both are told, it is on record, no PIN is asked and nothing written', async () => {
  const issued = await delivered(await town.person())
  const usual = clerk({ pin: 'auth' })
  await using at = counter(
    {},
    {
      staff: (view) =>
        view.kind === 'checkIdentity' ? { answer: { documents: ['passport'], face: 'different' } } : usual(view),
    },
  )
  await ready(at, town, issued)
  assert.equal(await through(at, 'counterPinReset'), 'identityRefused')
  assert.ok(!at.residentSaw.some(({ kind }) => kind === 'enterPin'))
  assert.ok(takes(issued.card, 'auth', CHOSEN.auth))
  const refused = (await town.audit(issued.holder)).filter(({ procedure }) => procedure === 'identity.refused')
  assert.deepEqual(
    refused.map(({ result }) => result),
    ['pinReset, face different, passport'],
  )
})

test('a face-authentication card (F11–F13): no PIN is asked, no signature certificate; every PIN procedure is refused early', async () => {
  const issued = await setUp(await town.person(HANAKO, 'factory', { faceAuth: true }))
  await using at = counter({ person: issued })
  await ready(at, town, issued)
  await search(at)
  assert.equal(await through(at, 'delivery'), 'done')
  assert.ok(!at.residentSaw.some(({ kind }) => kind === 'enterPin'))
  assert.deepEqual(
    (await town.certificatesOf(issued)).map(({ kind, state }) => [kind, state]),
    [['auth', 'active']],
  )
  at.layCard(issued.card)
  const { procedures } = await at.sees('counter', (view) => view.card?.state === 'delivered')
  const hindrances = Object.fromEntries(procedures.map(({ procedure, hindrance }) => [procedure, hindrance]))
  assert.equal(hindrances['pinChange'], 'faceAuthCard')
  assert.equal(hindrances['counterPinReset'], 'faceAuthCard')
})

test('the wrong person: the card is not of whom staff picked; nothing is written', async () => {
  const issued = await setUp(await town.person())
  const other = await town.person()
  for (const procedure of ['preDelivery', 'delivery'] as const) {
    await using at = counter({ person: other })
    await ready(at, town, issued)
    const before = issued.card.memory.writes
    await search(at)
    assert.equal(await through(at, procedure), 'wrongPerson')
    assert.equal(issued.card.memory.writes, before)
  }
  assert.equal(await town.stateOf(issued), 'setUp')
})

for (const pin of ['sign', 'auth', 'text', 'juki'] as const)
  test(`初期化 of the ${pin} PIN after the identity check; the others stay as they are`, async () => {
    const issued = await delivered(await town.person())
    const fresh = pin === 'sign' ? 'FRESH99' : '4096'
    await using at = counter({ pin }, { resident: resident(() => at, { [pin]: fresh }) })
    await ready(at, town, issued)
    assert.equal(await through(at, 'counterPinReset'), 'done')
    for (const place of PLACES) {
      const isIt = pin === (place === 'common' ? 'juki' : place)
      assert.ok(takes(issued.card, place, isIt ? fresh : pinAt(place)), place)
    }
  })

test('a blocked 照合番号B is released in both its places; the resident types nothing', async () => {
  const issued = await delivered(await town.person(HANAKO, 'factory', { overrides: { tries: { codeB: 0 } } }))
  await using at = counter({ pin: 'codeB' })
  await ready(at, town, issued)
  assert.equal(await through(at, 'counterPinReset'), 'done')
  const shown = at.staffSaw.find((view) => view.kind === 'choosePinToReset')
  assert.equal(shown?.codeB, 0)
  assert.ok(!at.residentSaw.some(({ kind }) => kind === 'enterPin'))
  at.layCard(issued.card)
  const { card } = await at.sees('counter', (view) => view.card?.codeB !== 0 && view.card !== undefined)
  assert.equal(card?.codeB, 10)
})

test('P7: a chip that does not pass stays set up, whoever wants to hand it over; set up again it passes', async () => {
  const issued = await setUp(await town.person())
  const usual = clerk({ person: issued })
  await using at = counter(
    {},
    {
      staff: (view) => {
        if (view.kind !== 'checkIdentity') return usual(view)
        return async () => {
          await town.revoke(issued, 'sign')
          await at.staff.call('answer', {
            prompt: at.staffPrompt,
            answer: { documents: ['passport'], face: 'matched' },
          })
        }
      },
    },
  )
  await ready(at, town, issued)
  await search(at)
  assert.equal(await through(at, 'delivery'), 'selfTestFailed')
  const tested = at.staffSaw.find((view) => view.kind === 'selfTest')
  assert.deepEqual(tested?.items.at(-1), { item: 'certificatesGood', passed: false, failed: ['sign'] })
  assert.equal(await town.stateOf(issued), 'setUp')
  await setUp(issued)
  await using again = counter({ person: issued })
  await ready(again, town, issued)
  await search(again)
  assert.equal(await through(again, 'delivery'), 'done')
})

test('staff who keep the card back in the end have not handed it over', async () => {
  const issued = await setUp(await town.person())
  const usual = clerk({ person: issued })
  await using at = counter(
    {},
    {
      staff: (view) => (view.kind === 'selfTest' ? { answer: { handOver: false } } : usual(view)),
    },
  )
  await ready(at, town, issued)
  await search(at)
  assert.equal(await through(at, 'delivery'), 'cancelled')
  assert.equal(await town.stateOf(issued), 'setUp')
})

test('the staff card pulled in mid-procedure: signed out at once, the turn ends cleanly, the next one begins again', async () => {
  for (const where of ['checkIdentity', 'enterPin'] as const) {
    const issued = await setUp(await town.person())
    const usual = clerk({ person: issued })
    const theirs = resident(() => at)
    let pulled = false
    const pull = () => {
      pulled = true
      at.staffReader.remove()
    }
    await using at = counter(
      {},
      {
        staff: (view) => (view.kind === where && !pulled ? pull : usual(view)),
        resident: (view) => (view.kind === where && !pulled ? pull : theirs(view)),
      },
    )
    await ready(at, town, issued)
    await search(at)
    await at.asks('start', { procedure: 'delivery' })
    await at.sees('signIn')
    await at.residentSees('idle')
    assert.equal(at.residentSaw.findLast((view) => view.kind === 'failed')?.failure, 'staffSignedOut')
    assert.equal(await town.stateOf(issued), 'setUp')
    await ready(at, town, issued)
    await search(at)
    assert.equal(await through(at, 'delivery'), 'done', where)
  }
})

test('either side may stop it at any time: told on both, nothing delivered, and begun again', async () => {
  for (const who of ['staff', 'resident'] as const) {
    const issued = await setUp(await town.person())
    const theirs = resident(() => at)
    let stopped = false
    const stop = async () => {
      stopped = true
      await at[who].call('cancel', {})
    }
    await using at = counter(
      { person: issued },
      { resident: (view) => (view.kind === 'enterPin' && view.pin === 'text' && !stopped ? stop : theirs(view)) },
    )
    await ready(at, town, issued)
    await search(at)
    assert.equal(await through(at, 'delivery'), 'cancelled')
    assert.equal(at.residentSaw.findLast((view) => view.kind === 'failed')?.failure, 'cancelled')
    assert.equal(await town.stateOf(issued), 'setUp')
    at.layCard(issued.card)
    await at.sees('counter', (view) => view.card !== undefined)
    assert.equal(await through(at, 'delivery'), 'done', who)
  }
})

test('P6: a card swapped after the identity check is refused, and its PINs are as they were', async () => {
  const issued = await delivered(await town.person())
  const other = await delivered(await town.person())
  const usual = clerk({ pin: 'auth' })
  let swapped = false
  await using at = counter(
    {},
    {
      staff: (view) => {
        if (view.kind !== 'choosePinToReset' || swapped) return usual(view)
        return () => {
          swapped = true
          at.residentReader.remove()
          at.layCard(other.card)
        }
      },
    },
  )
  await ready(at, town, issued)
  assert.equal(await through(at, 'counterPinReset'), 'cardGone')
  for (const { card } of [issued, other]) assert.ok(takes(card, 'auth', CHOSEN.auth))
  // At the backend too: a check is good for its card alone.
  const { check } = await town.checked(issued)
  assert.equal(await town.opens(other, check), 'identityNotChecked')
})

test('a counter whose staff do not answer ends by itself; the resident gets the card back', async () => {
  const issued = await delivered(await town.person())
  await using at = counter(
    {},
    {
      staff: (view) => (view.kind === 'checkIdentity' ? undefined : clerk()(view)),
      staffPatience: { question: 4_100 },
    },
  )
  await ready(at, town, issued)
  assert.equal(await through(at, 'counterPinReset'), 'idle')
  assert.equal(at.residentSaw.findLast((view) => view.kind === 'failed')?.failure, 'idle')
})

test('what a place does not offer says so; a post office looks and changes, no more (requirements 1)', async () => {
  const issued = await delivered(await town.person())
  await using at = counter({}, { settings: { role: 'postOffice', terminal: 'demo-postOffice' } })
  await ready(at, town, issued)
  const { procedures } = await at.sees('counter', (view) => view.card !== undefined)
  const open = procedures.filter(({ hindrance }) => hindrance === undefined).map(({ procedure }) => procedure)
  assert.deepEqual(open, ['pinStatus', 'pinChange'])
  assert.ok(procedures.filter(({ hindrance }) => hindrance === 'notForThisPlace').length === 3)
  await assert.rejects(at.staff.call('start', { procedure: 'delivery' }), { code: 'notOffered' })
})

test('canary: no PIN of a resident on either screen’s channel, on the line, or in the journal', async () => {
  const sent: string[] = []
  const lines: string[] = []
  const canary = { sign: 'ZQ7KANARIE', auth: '7391', text: '8264', juki: '9157' }
  const issued = await town.person()
  const port = town.line()
  const journal = memoryJournalStore(lines)
  const backend: CounterOptions['backend'] = async (request, signal) => {
    const response = await port(request, signal)
    sent.push(request.path, request.body ?? '', response.body)
    return response
  }
  await using at = counter({ person: issued }, { backend, journal, resident: resident(() => at, canary) })
  await ready(at, town, issued)
  assert.equal(await through(at, 'preDelivery'), 'done')
  at.layCard(issued.card)
  await search(at)
  assert.equal(await through(at, 'delivery'), 'done')
  const all = [...at.crossed, ...lines, ...sent].join('\n')
  assert.ok(takes(issued.card, 'auth', canary.auth))
  for (const [pin, value] of Object.entries(canary)) {
    assert.ok(!all.includes(value), `the ${pin} PIN as text`)
    assert.ok(!all.includes(Buffer.from(value).toString('base64')), `the ${pin} PIN as base64`)
  }
})

test('the next member of staff signs in while the card is still to be taken; the screen stays theirs', async () => {
  const issued = await delivered(await town.person())
  await using at = counter(
    {},
    {
      resident: (view) =>
        view.kind === 'pinStatus' || view.kind === 'failed' ? { answer: { seen: true } } : undefined,
    },
  )
  await ready(at, town, issued)
  await at.asks('start', { procedure: 'pinStatus' })
  await at.residentSees('takeCard')
  at.staffReader.remove()
  await at.sees('signIn')
  at.layStaffCard(await town.staffCard(1))
  await at.sees('counter', ({ operator }) => operator === '窓口　二葉')
  await assert.rejects(at.staff.call('start', { procedure: 'pinChange' }), { code: 'busy' })
  at.residentReader.remove()
  await at.residentSees('idle')
  const { operator, card } = await at.sees('counter', (view) => view.card === undefined)
  assert.deepEqual([operator, card], ['窓口　二葉', undefined])
  at.layCard(issued.card)
  await at.sees('counter', (view) => view.card?.backend === 'good')
  await at.asks('start', { procedure: 'pinStatus' })
  await at.residentSees('takeCard')
  at.residentReader.remove()
  assert.ok(at.staffSaw.slice(-3).every((view) => view.kind !== 'counter' || view.operator === '窓口　二葉'))
})
