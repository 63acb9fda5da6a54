/** The keeper's page in the program itself: who may ask for it, when it opens, when it goes, what it may reach (decision 0222). */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { diagnosticsFileName } from '../../apps/terminal/diagnostics-files.ts'
import type { State } from '../../apps/terminal/electron/crash-policy.ts'
import { KEEPER } from '../../apps/terminal/electron/faces.ts'
import type { Opener } from '../../apps/terminal/electron/host-service.ts'
import { awaitAnswer, giveAnswer } from '../../apps/terminal/electron/keeper-answer.ts'
import { KEEPER_SENTENCES, keeperAnswer, keeperWish } from '../../apps/terminal/electron/keeper-wish.ts'
import { settingsFrom } from '../../apps/terminal/electron/settings.ts'
import { refusedAtStart, wantsDiagnostics } from '../../apps/terminal/electron/start-guard.ts'
import { virtualReaders } from '../../apps/testkit/testkit.ts'
import { diagnosticsListSchema, savedSchema } from '../../src/wire/diagnostics.ts'
import { ChildHost } from './child-host.ts'
import { asPage, CALM, empty, endings, FACE, PATIENT, ready, start, until } from './started.ts'

const PAGE = 'app://terminal/diagnostics/'
const PACE = { lookMs: 20, lifeMs: 60_000, answerMs: 3_000 }
const id = randomUUID()

test('only --diagnostics alone is a wish; beside anything else it is refused by name', () => {
  const desktop = '--ozone-platform=wayland'
  for (const args of [['--diagnostics'], [desktop, '--diagnostics']]) {
    assert.ok(wantsDiagnostics(args))
    assert.deepEqual(refusedAtStart({ packaged: true, args, env: {} }), [])
  }
  for (const args of [
    ['--diagnostics', '--diagnostics'],
    ['--diagnostics', '--enrol=a.pem'],
    ['--diagnostics', '--inspect'],
    ['--diagnostics', 'app://terminal/'],
    ['--diagnostics=1'],
    ['--Diagnostics'],
    ['diagnostics'],
  ]) {
    assert.ok(!wantsDiagnostics(args), String(args))
    assert.notDeepEqual(refusedAtStart({ packaged: true, args, env: {} }), [], String(args))
  }
  for (const args of [[], ['--enrol=a.pem'], [desktop]]) assert.ok(!wantsDiagnostics(args), String(args))
})

test('a wish that came with the lock is exactly a wish, or none', () => {
  assert.deepEqual(keeperWish({ wish: 'diagnostics', id }), { wish: 'diagnostics', id })
  for (const other of [
    undefined,
    null,
    'diagnostics',
    {},
    { wish: 'diagnostics' },
    { wish: 'diagnostics', id: '../x' },
    { wish: 'diagnostics', id, page: 'kiosk/' },
    { wish: 'quit', id },
  ])
    assert.equal(keeperWish(other), undefined, JSON.stringify(other))
})

test('it opens while the terminal serves and nobody is there, and in no other state', () => {
  const states: Record<State['kind'], State> = {
    starting: { kind: 'starting', failures: 0 },
    serving: { kind: 'serving', failures: 0, since: 0 },
    calm: { kind: 'calm', failures: 1, until: 1 },
  }
  for (const [kind, quiet, answer] of [
    ['serving', true, 'opened'],
    ['serving', false, 'busy'],
    ['serving', undefined, 'noAnswer'],
    ['starting', true, 'starting'],
    ['calm', true, 'resting'],
  ] as const)
    assert.equal(keeperAnswer(states[kind], quiet), answer)
})

test('an answer is a file of this account alone; another wish’s, a foreign one and a link are none', async () => {
  const { folder } = start()
  const file = join(folder, 'keeper-answer')
  for (const other of ['', 'x', '{"id":1}', JSON.stringify({ id, answer: 'opened', more: 1 })]) {
    writeFileSync(file, other)
    assert.equal(await awaitAnswer(folder, id, 0), 'noAnswer', other)
  }
  await giveAnswer(folder, randomUUID(), 'opened')
  assert.equal(await awaitAnswer(folder, id, 0), 'noAnswer')
  const others = join(folder, 'others')
  writeFileSync(others, 'theirs')
  symlinkSync(others, `${file}.new`)
  await giveAnswer(folder, id, 'busy')
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.equal(readFileSync(others, 'utf8'), 'theirs')
  assert.equal(await awaitAnswer(folder, id, 0), 'busy')
  assert.ok(!existsSync(file), 'read once')
})

/** A terminal that serves, and a second program of the same account that brings its wish to it, as Electron does. */
async function kept(open: Opener, more: Parameters<typeof start>[0] = {}) {
  const running = start({ open, keeperPace: PACE, ...more })
  const first = await ready(running)
  const ask = async () => {
    const second = start({ args: ['--diagnostics'], firstInstance: false, folder: running.folder, keeperPace: PACE })
    running.electron.app.emit('second-instance', {}, ['--inspect'], '/', second.brought[0])
    await second.running
    assert.deepEqual(second.windows, [], 'it never becomes a terminal')
    return [second.calls.at(-1), second.said.at(-1)]
  }
  const keepers = () => running.windows.filter((window) => window.shown.includes(PAGE) && !window.destroyed)
  return { ...running, first, ask, keepers }
}

function quietHost(): { open: Opener; quiet: boolean | undefined } {
  const host = {
    quiet: true as boolean | undefined,
    open: async (beginning: Parameters<Opener>[0]) => ({
      ...(await empty(beginning)),
      isQuiet: () => (host.quiet === undefined ? new Promise<boolean>(() => {}) : Promise.resolve(host.quiet)),
    }),
  }
  return host
}

test('asked for by a second start it opens over the first window, framed, no kiosk, without tools; asked again it comes forward', async () => {
  const terminal = await kept(quietHost().open)
  await until(() => terminal.first.shown.at(-1) === FACE, 'the face')
  assert.deepEqual(await terminal.ask(), ['exit 0', KEEPER_SENTENCES.opened])
  const [keeper] = terminal.keepers()
  assert.ok(keeper)
  const options = keeper.options as Record<string, unknown> & { webPreferences: Record<string, unknown> }
  assert.equal(options['parent'], terminal.first)
  const { x, y, width, height, kiosk, fullscreen, frame } = options
  assert.deepEqual([x, y, width, height], [10, 20, 1080, 1920])
  assert.deepEqual([kiosk, fullscreen, frame], [false, false, true])
  const { sandbox, contextIsolation, devTools, nodeIntegration, session } = options.webPreferences
  assert.deepEqual([sandbox, contextIsolation, devTools, nodeIntegration], [true, true, false, false])
  assert.equal(session, terminal.session)
  assert.deepEqual(keeper.webContents.openHandler?.({ url: PAGE }), { action: 'deny' })
  assert.equal(terminal.first.shown.at(-1), FACE, 'the resident’s page is what it was')

  assert.deepEqual(await terminal.ask(), ['exit 0', KEEPER_SENTENCES.opened])
  assert.equal(terminal.keepers().length, 1)
  assert.equal(terminal.calls.at(-1), 'focus')
})

test('at a counter it lies over the staff’s side, never over the resident’s', async () => {
  const terminal = await kept(quietHost().open, {
    settings: '{"place":{"terminal":"t-1","role":"town","place":"見本市"}}',
  })
  const [staff, resident] = terminal.windows
  await until(() => resident?.shown.at(-1) === 'app://terminal/resident/', 'the resident’s side')
  await terminal.ask()
  const [keeper] = terminal.keepers()
  assert.ok(keeper)
  assert.equal((keeper.options as { parent: unknown }).parent, staff)
})

test('a start without a wish, or with a broken one, only brings the terminal forward', async () => {
  const terminal = await kept(quietHost().open)
  await until(() => terminal.first.shown.at(-1) === FACE, 'the face')
  for (const data of [undefined, null, { wish: 'diagnostics' }, { wish: 'diagnostics', id, x: 1 }])
    terminal.electron.app.emit('second-instance', {}, ['--diagnostics'], '/', data)
  await delay(50)
  assert.deepEqual(terminal.keepers(), [])
  assert.equal(terminal.calls.filter((call) => call === 'focus').length, 4)
})

test('while somebody is served, or the terminal rests after a fall, it stays closed, and the keeper is told why', async () => {
  const host = quietHost()
  const terminal = await kept(host.open)
  await until(() => terminal.first.shown.at(-1) === FACE, 'the face')
  host.quiet = false
  assert.deepEqual(await terminal.ask(), ['exit 3', KEEPER_SENTENCES.busy])
  const host2 = terminal.hosts.at(-1)
  assert.ok(host2)
  host2.die(1)
  await until(() => terminal.first.shown.at(-1) === CALM, 'calm')
  assert.deepEqual(await terminal.ask(), ['exit 3', KEEPER_SENTENCES.resting])
  assert.deepEqual(terminal.keepers(), [])
})

test('somebody comes, the host falls or hangs, the page falls, or ten minutes are over: it closes by itself', async () => {
  const host = quietHost()
  for (const end of ['comes', 'host dies', 'page dies', 'page hangs', 'forgotten'] as const) {
    host.quiet = true
    const pace = { ...PACE, lifeMs: end === 'forgotten' ? 100 : 60_000 }
    const terminal = await kept(host.open, { keeperPace: pace })
    await until(() => terminal.first.shown.at(-1) === FACE, 'the face')
    await terminal.ask()
    const keeper = terminal.windows.find((window) => window.shown.includes(PAGE))
    assert.ok(keeper, end)
    if (end !== 'forgotten') assert.ok(!keeper.destroyed, end)
    if (end === 'comes') host.quiet = false
    if (end === 'host dies') terminal.hosts.at(-1)?.die(1)
    if (end === 'page dies') keeper.webContents.emit('render-process-gone', {}, { reason: 'crashed' })
    if (end === 'page hangs') keeper.emit('unresponsive')
    await until(() => keeper.destroyed, end)
    if (end !== 'host dies') assert.equal(terminal.first.shown.at(-1), FACE, `${end}: the terminal goes on`)
  }
})

test('without a terminal in this account, the wish ends with a sentence and opens none', async () => {
  const alone = start({ args: ['--diagnostics'], firstInstance: true })
  await alone.running
  assert.equal(alone.calls.at(-1), 'exit 2')
  assert.match(alone.said[0] ?? '', /no terminal runs in this account/)
  assert.deepEqual(alone.windows, [])
})

test('a running program that knows no wishes gives no answer, and the second one does not wait for ever', async () => {
  const second = start({ args: ['--diagnostics'], firstInstance: false, keeperPace: { ...PACE, answerMs: 50 } })
  await second.running
  assert.deepEqual([second.calls.at(-1), second.said.at(-1)], ['exit 3', KEEPER_SENTENCES.noAnswer])
})

test('in the host process itself: its channel for its own window alone, the hall’s state, a file in the data folder; a card closes it', async () => {
  const readers = await virtualReaders({ Kiosk: null })
  endings.push(() => readers.close())
  const hosts: ChildHost[] = []
  const host = () => {
    const child = new ChildHost({ ...process.env, ...readers.env })
    hosts.push(child)
    return child
  }
  endings.push(() => hosts.at(-1)?.die())
  const settings = '{"place":{"terminal":"t-1","role":"kiosk","place":"見本市","reader":"Kiosk"}}'
  const terminal = await kept(empty, { host, settings, keeperPace: { ...PACE, lookMs: 100 }, pace: PATIENT })
  await until(() => terminal.first.shown.at(-1) === FACE, 'the face')
  assert.deepEqual(await terminal.ask(), ['exit 0', KEEPER_SENTENCES.opened])
  const [keeper] = terminal.keepers()
  assert.ok(keeper)
  for (const path of ['/host', '/staff', '/resident', '/desk'])
    terminal.asks(path, keeper.webContents.frame, keeper.webContents)
  terminal.asks('/diagnostics', terminal.first.webContents.frame, terminal.first.webContents)
  await delay(30)
  assert.deepEqual([keeper.webContents.given, terminal.first.webContents.given], [[], []])

  const client = await asPage(terminal, '/diagnostics', keeper)
  const [told] = diagnosticsListSchema.parse(await client.call('diagnostics', {}))
  assert.deepEqual([told?.terminal, told?.place, told?.reader.there], ['t-1', '見本市', 'nothing'])
  const path = join(terminal.folder, 'diagnostics', diagnosticsFileName(told?.at ?? 0, 'json'))
  const saved = savedSchema.parse(await client.call('save', { terminal: 't-1', form: 'json' }))
  assert.deepEqual(saved, { kind: 'saved', path })
  assert.equal(JSON.parse(readFileSync(path, 'utf8')).place, '見本市')
  assert.equal(statSync(path).mode & 0o777, 0o600)

  await readers.insert('Kiosk', 'resident')
  await until(() => keeper.destroyed, 'a card is laid')
  assert.equal(terminal.first.shown.at(-1), FACE)
  assert.deepEqual(await terminal.ask(), ['exit 3', KEEPER_SENTENCES.busy])
})

test('its face: one channel, and nothing is entered there', () => {
  assert.deepEqual(KEEPER, { page: 'diagnostics/', pins: false, kiosk: false, channels: ['/diagnostics'] })
})

test('the folder for what is saved is an operator’s setting, as a whole path', () => {
  const folder = (path: string) => settingsFrom(JSON.stringify({ diagnosticsFolder: path }), true).diagnosticsFolder
  assert.equal(folder('/var/lib/madoguchi'), '/var/lib/madoguchi')
  for (const path of ['', 'diagnostics', '../x']) assert.throws(() => folder(path), path)
})
