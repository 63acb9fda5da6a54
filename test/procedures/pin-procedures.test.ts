import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KIOSK_PATIENCE } from '../../src/host/ports.ts'
import { ChannelError } from '../../src/wire/frame.ts'
import type { PinName, View } from '../../src/wire/view.ts'
import { changer, specimen, TestTerminal, takes } from './terminal.ts'

const kinds = (views: readonly View[]) => views.map(({ kind }) => kind)
const failure = (views: readonly View[]) => views.find((view) => view.kind === 'failed')?.failure

const OLD: Readonly<Record<PinName, string>> = { sign: 'ABC123', auth: '1234', text: '1234', juki: '1234' }
const NEW: Readonly<Record<PinName, string>> = { sign: 'NEU456X', auth: '8024', text: '8024', juki: '8024' }

test('PIN status: every PIN with its tries, and nothing spent', async () => {
  await using terminal = new TestTerminal()
  const card = await specimen()
  const before = card.memory.writes
  terminal.insert(card)
  const seen = await terminal.run('pinStatus', changer(terminal, 'auth', []))
  const status = seen.find((view) => view.kind === 'pinStatus')
  assert.deepEqual(status?.pins, [
    { pin: 'sign', state: 'good', triesLeft: 5 },
    { pin: 'auth', state: 'good', triesLeft: 3 },
    { pin: 'text', state: 'good', triesLeft: 3 },
    { pin: 'juki', state: 'good', triesLeft: 3 },
  ])
  assert.equal(card.memory.writes, before)
  assert.deepEqual(kinds(seen).slice(-2), ['pinStatus', 'takeCard'])
})

test('a PIN that cannot be used is said to be blocked: a child has no sign certificate, a blocked card nothing', async () => {
  for (const [profile, blocked] of [
    ['child', ['sign']],
    ['blocked', ['sign', 'auth', 'text', 'juki']],
  ] as const) {
    await using terminal = new TestTerminal()
    terminal.insert(await specimen(profile))
    const seen = await terminal.run('pinStatus', changer(terminal, 'auth', []))
    const status = seen.find((view) => view.kind === 'pinStatus')
    const found = status?.pins.filter(({ state }) => state === 'blocked').map(({ pin }) => pin)
    assert.deepEqual(found, blocked, profile)
  }
})

for (const pin of ['sign', 'auth', 'text', 'juki'] as const)
  test(`change of the ${pin} PIN, the 住民基本台帳用 one in both its places`, async () => {
    await using terminal = new TestTerminal()
    const card = await specimen()
    terminal.insert(card)
    const seen = await terminal.run('pinChange', changer(terminal, pin, [OLD[pin], NEW[pin], NEW[pin]]))
    assert.equal(failure(seen), undefined)
    for (const place of pin === 'juki' ? (['juki', 'common'] as const) : [pin]) {
      assert.ok(takes(card, place, NEW[pin]), 'new')
      assert.ok(!takes(card, place, OLD[pin]), 'old')
    }
  })

test('a wrong PIN spends one try, is told, and is asked for again without asking for the new one again', async () => {
  await using terminal = new TestTerminal()
  const card = await specimen()
  terminal.insert(card)
  const seen = await terminal.run('pinChange', changer(terminal, 'auth', ['9999', '8024', '8024', '1234']))
  const asked = seen.filter((view) => view.kind === 'enterPin')
  assert.deepEqual(
    asked.map(({ purpose, triesLeft, problem }) => [purpose, triesLeft, problem]),
    [
      ['current', 3, undefined],
      ['new', undefined, undefined],
      ['again', undefined, undefined],
      ['current', 2, 'wrong'],
    ],
  )
  assert.ok(takes(card, 'auth', '8024'))
})

test('the last try is spent only after a yes; a no changes nothing', async () => {
  await using terminal = new TestTerminal()
  const card = await specimen()
  terminal.insert(card)
  const person = changer(terminal, 'auth', ['9999', '8024', '8024', '9998'])
  const seen = await terminal.run('pinChange', (view, all) =>
    view.kind === 'confirmLastTry' ? { answer: { goOn: false } } : person(view, all),
  )
  assert.equal(failure(seen), 'lastTry')
  assert.ok(takes(card, 'auth', '1234'), 'the last try is still there')
})

test('a blocked PIN is final: no question follows', async () => {
  await using terminal = new TestTerminal()
  terminal.insert(await specimen('blocked'))
  const seen = await terminal.run('pinChange', changer(terminal, 'auth', []))
  assert.equal(failure(seen), 'pinBlocked')
  assert.ok(!kinds(seen).includes('enterPin'))
})

test('a new PIN that is not one, differs, or is easily guessed', async () => {
  await using terminal = new TestTerminal()
  const card = await specimen()
  terminal.insert(card)
  const typed = ['ABC123', 'short', 'LETTERS', 'GOOD123', 'GOOD124', 'GOOD123', 'GOOD123']
  const seen = await terminal.run('pinChange', changer(terminal, 'sign', typed))
  const problems = seen.flatMap((view) => (view.kind === 'enterPin' ? [view.problem] : []))
  assert.deepEqual(problems, [undefined, undefined, 'notAllowed', 'notAllowed', undefined, 'differs', undefined])
  assert.ok(takes(card, 'sign', 'GOOD123'))

  await using second = new TestTerminal()
  second.insert(await specimen())
  const weak = await second.run('pinChange', changer(second, 'auth', ['1234', '4321', '4321']))
  assert.equal(weak.findLast((view) => view.kind === 'enterPin')?.problem, 'weak')

  await using third = new TestTerminal()
  const changed = await specimen()
  third.insert(changed)
  const other = await third.run('pinChange', changer(third, 'auth', ['1234', '4321', '1111', '8024', '8024']))
  const asked = other.flatMap((view) => (view.kind === 'enterPin' ? [`${view.purpose} ${view.problem ?? ''}`] : []))
  assert.deepEqual(asked, ['current ', 'new ', 'new weak', 'new weak', 'again '])
  assert.ok(takes(changed, 'auth', '8024'))
})

test('answers: a stale prompt, a wrong shape, a secret where none is asked, and none where one is, change nothing', async () => {
  await using terminal = new TestTerminal()
  const card = await specimen()
  terminal.insert(card)
  const refused = async (code: string, prompt: number, answer: unknown, secret?: Uint8Array) =>
    await assert.rejects(
      terminal.client.call('answer', { prompt, answer }, secret),
      (error) => error instanceof ChannelError && error.code === code,
    )
  const stop = new AbortController()
  await terminal.client.call('start', { procedure: 'pinChange' })
  await assert.rejects(terminal.client.call('start', { procedure: 'pinChange' }), { code: 'busy' })
  for await (const value of terminal.client.listen('screen', {}, stop.signal)) {
    const { prompt, view } = value as { prompt: number; view: View }
    if (view.kind === 'choosePin') {
      await refused('stalePrompt', prompt + 1, { pin: 'auth' })
      await refused('badInput', prompt, { pin: 'none' })
      await refused('badInput', prompt, { pin: 'auth' }, Uint8Array.of(1))
      await terminal.client.call('answer', { prompt, answer: { pin: 'auth' } })
      await refused('stalePrompt', prompt, { pin: 'auth' })
    }
    if (view.kind === 'enterPin') {
      await refused('badInput', prompt, { entered: true })
      stop.abort()
    }
  }
  assert.ok(takes(card, 'auth', '1234'))
})

test('an idle person is asked, may go on, and otherwise the turn ends and the PIN typed so far is gone', async () => {
  const patience = { ...KIOSK_PATIENCE, pin: 30, stillThere: 30, ending: 30 }
  await using terminal = new TestTerminal(patience)
  const card = await specimen()
  terminal.insert(card)
  let asked = 0
  const person = changer(terminal, 'auth', [])
  const seen = await terminal.run('pinChange', (view, all) => {
    if (view.kind === 'enterPin') return 'nothing'
    if (view.kind === 'stillThere') return ++asked === 1 ? { answer: { here: true } } : 'nothing'
    return person(view, all)
  })
  assert.equal(asked, 2)
  assert.equal(failure(seen), 'idle')
})

test('cancel: the person is told and the card given back', async () => {
  await using terminal = new TestTerminal()
  const card = await specimen()
  terminal.insert(card)
  const person = changer(terminal, 'auth', [])
  const seen = await terminal.run('pinChange', (view, all) =>
    view.kind === 'enterPin' ? () => void terminal.client.call('cancel', {}) : person(view, all),
  )
  assert.equal(failure(seen), 'cancelled')
  assert.equal(seen.at(-1)?.kind, 'takeCard')
})

test('a stop on the last screen is as good as having seen it', async () => {
  await using terminal = new TestTerminal()
  terminal.insert(await specimen('blocked'))
  const person = changer(terminal, 'auth', [])
  const seen = await terminal.run('pinChange', (view, all) =>
    view.kind === 'failed' ? () => void terminal.client.call('cancel', {}) : person(view, all),
  )
  assert.deepEqual(kinds(seen).slice(-2), ['failed', 'takeCard'])
  assert.equal(failure(seen), 'pinBlocked')
})

test('no PIN stays verified when the turn is over', async () => {
  await using terminal = new TestTerminal()
  const card = await specimen()
  terminal.insert(card)
  await terminal.run('pinChange', (view, all) => {
    if (view.kind === 'takeCard') {
      const sign = card.transmit(Buffer.from('00A4020C020001', 'hex'))
      assert.notEqual(sign[0], 0x90, 'the application is not even selected any more')
    }
    return changer(
      terminal,
      'sign',
      ['ABC123', 'NEU456X', 'NEU456X'].slice(all.filter(({ kind }) => kind === 'enterPin').length - 1),
    )(view, all)
  })
  assert.ok(takes(card, 'sign', 'NEU456X'))
})
