/** The journal of a terminal: what survives, what the backend is told and when, and what never stands in it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Journal } from '../../src/host/journal.ts'
import { memoryJournalStore } from '../../src/host/journal-store.ts'
import { kept } from '../../src/host/relay/kept-report.ts'
import { changer } from '../procedures/terminal.ts'
import { Line } from './broken-line.ts'
import { deliveredCard, SERIAL, type World } from './delivered-card.ts'
import { ending, kiosk, typing } from './kiosk.ts'
import { reserve } from './reservation.ts'

const CHIP = '0'.repeat(20)
const written = { kind: 'write', id: 'w1', at: 1, chip: CHIP, procedure: 'pinChange', what: 'pin.auth.jpki' } as const

test('the last word about each entry counts; a torn line is none; what is over is gone after the next opening', async () => {
  const store = memoryJournalStore()
  const first = await Journal.open(store)
  await first.put({ ...written, stage: 'intended' })
  await first.put({ ...written, stage: 'done' })
  await first.put({ ...written, id: 'w2', stage: 'intended' })
  await first.drop({ ...written, id: 'w2', stage: 'intended' })
  await store.append('{"kind":"write","id":"w3","at"')
  const second = await Journal.open(store)
  assert.deepEqual(second.entries, [{ ...written, stage: 'done' }])
  assert.equal((await store.read()).length, 1)
})

test('a disk that is full: the write is not begun, and later lines are written again', async () => {
  const store = memoryJournalStore()
  let full = true
  const journal = await Journal.open({
    ...store,
    async append(line) {
      if (full) throw new Error('no space left')
      await store.append(line)
    },
  })
  await assert.rejects(journal.put({ ...written, stage: 'intended' }), /no space/)
  full = false
  await journal.put({ ...written, id: 'w2', stage: 'intended' })
  assert.equal((await store.read()).length, 1)
})

test('a long life leaves a short file', async () => {
  const store = memoryJournalStore()
  const journal = await Journal.open(store)
  for (let i = 0; i < 1_000; i++) {
    await journal.put({ ...written, id: `w${i}`, stage: 'intended' })
    await journal.drop({ ...written, id: `w${i}`, stage: 'done' })
  }
  assert.ok((await store.read()).length <= 258, String((await store.read()).length))
})

test('a report is kept up to the first answer with what is in a file', () => {
  const apdu = (hex: string) => Buffer.from(hex, 'hex').toString('base64')
  const step = (hex: string) => ({ kind: 'apdu' as const, label: 'x', apdu: apdu(hex), expect: [0x9000] })
  const script = {
    ...{ session: 's', seq: 1, procedure: 'certificate' as const, card: 'c', terminal: 't', signature: '' },
    steps: [step('00A4020C020001'), step('00B0000000'), step('00A4020C020017')],
  }
  const answers = ['kAA=', 'AQKQAA==', 'kAA=']
  assert.deepEqual(kept(script, { seq: 1, answers }), { seq: 1, answers: ['kAA='], stopped: 'noAnswer' })
  assert.deepEqual(kept(script, { seq: 1, answers: ['kAA='] }), { seq: 1, answers: ['kAA='] })
})

const openAt = async (world: World) => {
  const { writes } = await world.ask('demo-town', `/v1/cards/${SERIAL}/writes`)
  return writes.map(({ what, stage }: { what: string; stage: string }) => `${what} ${stage}`)
}
const audited = async (world: World): Promise<string[]> => {
  const rows = await world.ask('demo-administrator', '/v1/audit/hanako')
  return rows
    .filter(({ procedure }: { procedure: string }) => procedure.startsWith('card.write'))
    .map(({ procedure, result }: { procedure: string; result: string }) => `${procedure} ${result}`)
}

test('a PIN change is announced to the backend before and settled after, by ids alone', async () => {
  await using world = await deliveredCard()
  const journal = memoryJournalStore()
  {
    await using terminal = kiosk(world, { role: 'postOffice', journal })
    terminal.insert(world.card)
    const seen = await terminal.run('pinChange', changer(terminal, 'auth', ['1234', '8024', '8024']))
    assert.equal(ending(seen), 'done')
    await until(async () => (await audited(world)).length === 2)
  }
  assert.deepEqual(await audited(world), [
    'card.write.intended pinChange pin.auth.jpki',
    'card.write.done pinChange pin.auth.jpki',
  ])
  assert.deepEqual(await openAt(world), [])
  assert.deepEqual((await Journal.open(journal)).entries, [])
})

test('a backend that is away hinders no PIN change; it is told when it is back, in order, also by the next process', async () => {
  await using world = await deliveredCard()
  const journal = memoryJournalStore()
  {
    await using terminal = kiosk(world, { role: 'postOffice', journal, backend: [] })
    terminal.insert(world.card)
    const seen = await terminal.run('pinChange', changer(terminal, 'auth', ['1234', '8024', '8024']))
    assert.equal(ending(seen), 'done')
  }
  assert.deepEqual(await audited(world), [])
  {
    await using terminal = kiosk(world, { role: 'postOffice', journal })
    terminal.insert(world.card)
    await terminal.run('pinStatus', changer(terminal, 'auth', []))
    await until(async () => (await audited(world)).length === 2)
  }
  assert.deepEqual(await openAt(world), [])
})

test('a write that was cut is unknown at the backend until the same is written again', async () => {
  await using world = await deliveredCard()
  const journal = memoryJournalStore()
  const change = async (pull: boolean, told: () => Promise<boolean>) => {
    await using terminal = kiosk(world, { role: 'postOffice', journal })
    terminal.insert(world.card)
    const person = changer(terminal, 'text', pull ? ['1234', '8024', '8024'] : ['8024', '9135', '9135'])
    const seen = await terminal.run('pinChange', (view, all) => {
      // SELECT, query, VERIFY, then the change itself: carried out, its answer lost.
      if (pull && view.kind === 'enterPin' && view.purpose === 'again')
        terminal.reader.faults.add({ kind: 'pull', command: 5, when: 'after' })
      return person(view, all)
    })
    await until(told)
    return ending(seen)
  }
  assert.equal(await change(true, async () => (await openAt(world)).join() === 'pin.text.text unknown'), 'cardGone')
  assert.equal(await change(false, async () => (await openAt(world)).length === 0), 'done')
  assert.ok((await audited(world)).includes('card.write.notDone pinChange pin.text.text'))
})

test('no PIN, no name and no certificate stands in the journal or goes over the line', async () => {
  await using world = await deliveredCard()
  await reserve(world, 'auth')
  const lines: string[] = []
  const journal = memoryJournalStore()
  const spied = { ...journal, append: async (line: string) => void lines.push(line) }
  const port = world.port
  const line = new Line(async (request, signal) => {
    lines.push(`${request.path} ${request.body ?? ''}`)
    return await port(request, signal)
  })
  await using terminal = kiosk(world, { journal: spied, backend: [line.port] })
  assert.equal(ending(await typing(terminal, world, 'authPinReset', ['ABC123', '8024', '8024'])), 'done')
  const text = lines.join('\n')
  assert.ok(lines.length > 10)
  for (const secret of ['ABC123', '8024', '花子', '清瀬']) {
    assert.ok(!text.includes(secret), secret)
    assert.ok(!text.includes(Buffer.from(secret).toString('base64').replace(/=+$/, '')), `${secret} in base64`)
  }
})

async function until(settled: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await settled()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  assert.fail('it did not come about in two seconds')
}
