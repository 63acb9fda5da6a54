/** The wiring: the program itself, over an Electron made by hand. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Opener } from '../../apps/terminal/electron/host-service.ts'
import { pageHeaders } from '../../apps/terminal/page-policy.ts'
import { aloneOnReaders } from '../../apps/testkit/host-ports.ts'
import { virtualReaders } from '../../apps/testkit/testkit.ts'
import { Hall } from '../../src/host/hall.ts'
import { screenSchema } from '../../src/wire/view.ts'
import { asPage, CALM, empty, endings, FACE, ready, start, until } from './started.ts'

test('row 3: the sandbox is on before anything else, and everything before Electron is ready', async () => {
  const started = start()
  assert.deepEqual(started.calls, [
    'enableSandbox',
    'registerSchemesAsPrivileged [{"scheme":"app","privileges":{"standard":true,"secure":true,"supportFetchAPI":false}}]',
    'requestSingleInstanceLock',
    'setApplicationMenu null',
    'whenReady',
  ])
  const window = await ready(started)
  assert.deepEqual(started.calls.slice(5), [
    'fromPartition terminal {"cache":false}',
    'protocol.handle app',
    'new BrowserWindow',
    `load ${CALM}`,
    'utilityProcess.fork ["/app/host-process.js",[],{"serviceName":"host","stdio":"inherit"}]',
  ])
  await until(() => window.shown.at(-1) === FACE, 'the face')
  const { webPreferences } = window.options as { webPreferences: Record<string, unknown> }
  assert.deepEqual(
    [webPreferences['sandbox'], webPreferences['contextIsolation'], webPreferences['devTools']],
    [true, true, false],
  )
  assert.equal(webPreferences['session'], started.session)
})

test('row 5: pages come from the program; what is not there is not found', async () => {
  const started = start()
  await ready(started)
  const page = started.handlers['page'] as (request: Request | { url: string; method: string }) => Promise<Response>
  const calm = await page({ url: CALM, method: 'GET' })
  assert.equal(calm.status, 200)
  assert.match(await calm.text(), /One moment, please/)
  assert.equal(calm.headers.get('content-security-policy'), pageHeaders()['Content-Security-Policy'])
  for (const url of [
    'app://terminal/calm/%2e%2e/main.ts',
    'app://terminal/main.ts',
    'app://other/calm/',
    'file:///etc/passwd',
  ])
    assert.equal((await page({ url, method: 'GET' })).status, 404, url)
  assert.equal((await page({ url: CALM, method: 'POST' })).status, 405)
})

test('rows 6, 8 and 20: the session filters, refuses and keeps nothing', async () => {
  const started = start()
  await ready(started)
  const filter = started.handlers['beforeRequest'] as (details: object, answer: (what: object) => void) => void
  const cancelled = (resourceType: string, url: string) => {
    let answered: object = {}
    filter({ resourceType, url }, (what) => (answered = what))
    return answered
  }
  assert.deepEqual(cancelled('script', 'app://terminal/a.js'), { cancel: false })
  assert.deepEqual(cancelled('script', 'https://example.com/a.js'), { cancel: true })
  assert.deepEqual(cancelled('xhr', 'app://terminal/a.js'), { cancel: true })
  for (const name of ['request', 'check', 'device', 'displayMedia']) assert.ok(name in started.handlers, name)
  let prevented = false
  started.session.emit('will-download', { preventDefault: () => (prevented = true) })
  assert.ok(prevented)
})

test('rows 9, 18 and 19: the window stays inside, is protected, swallows keys; a second start only brings it forward', async () => {
  const started = start()
  const window = await ready(started)
  assert.equal(window.protected, true)
  assert.deepEqual(window.webContents.openHandler?.({ url: FACE }), { action: 'deny' })
  const swallowed = (key: string, control: boolean) => {
    let prevented = false
    window.webContents.emit('before-input-event', { preventDefault: () => (prevented = true) }, { key, control })
    return prevented
  }
  assert.deepEqual([swallowed('w', true), swallowed('F11', false), swallowed('1', false)], [true, true, false])
  started.electron.app.emit('second-instance')
  assert.equal(started.calls.at(-1), 'focus')

  const second = start({ firstInstance: false })
  await second.running
  assert.deepEqual(second.calls.slice(-1), ['quit'])
  assert.equal(second.windows.length, 0)
})

test('row 24: started with a way in, a packaged program ends before anything happens, and says what it was', async () => {
  for (const [way, name] of [
    [{ args: ['--remote-debugging-port=9222'] }, '--remote-debugging-port'],
    [{ args: ['--inspect'] }, '--inspect'],
    [{ env: { ELECTRON_RUN_AS_NODE: '1' } }, 'ELECTRON_RUN_AS_NODE'],
  ] as const) {
    const started = start(way)
    await started.running
    assert.deepEqual(started.calls, ['exit 2'])
    assert.ok(started.said[0]?.includes(name))
  }
})

test('row 25: a packaged terminal refuses simulated readers, and settings that are none', async () => {
  for (const settings of ['{"readers":"simulated"}', '{"readers":"both"}', '{"door":4711}', 'no JSON']) {
    const started = start({ settings })
    started.ready()
    await started.running
    assert.equal(started.calls.at(-1), 'exit 2', settings)
    assert.equal(started.windows.length, 0)
  }
})

test('row 20: a key and its certificate are sealed once and given to the host process only', async () => {
  const begun: (string | undefined)[] = []
  const open: Opener = async (beginning) => {
    begun.push(beginning.terminalKey)
    return await empty(beginning)
  }
  const enrolling = start()
  const file = join(enrolling.folder, 'bundle.pem')
  writeFileSync(file, 'key and certificate')
  const sealing = start({ args: [`--enrol=${file}`] })
  sealing.ready()
  await sealing.running
  assert.equal(sealing.calls.at(-1), 'exit 0')
  const sealed = readFileSync(join(sealing.folder, 'terminal-key'))
  assert.ok(!sealed.includes('certificate'))

  const served = start({ open, settings: '{"backend":["https://backend.example"]}' })
  writeFileSync(join(served.folder, 'terminal-key'), sealed)
  await ready(served)
  await until(() => begun.length === 1, 'the host begins')
  assert.deepEqual(begun, ['key and certificate'])
})

const withHall: () => Promise<{ open: Opener; lay(): Promise<void>; opened: () => number }> = async () => {
  const readers = await virtualReaders({ Kiosk: null })
  endings.push(() => readers.close())
  let opened = 0
  return {
    lay: async () => void (await readers.insert('Kiosk', 'resident')),
    opened: () => opened,
    async open() {
      opened++
      const hall = new Hall(aloneOnReaders(readers.service))
      endings.push(() => hall.close())
      return {
        services: { '/host': hall.service },
        readCard: async () => void (await readers.service.list()),
        isQuiet: async () => true,
      }
    },
  }
}

test('row 10: a page gets a port to the hall and sees its screen', async () => {
  const { open } = await withHall()
  const started = start({ open })
  const window = await ready(started)
  await until(() => window.shown.at(-1) === FACE, 'the face')
  const client = await asPage(started, '/host')
  for await (const value of client.listen('screen', {}, AbortSignal.timeout(5000))) {
    assert.equal(screenSchema.parse(value).view.kind, 'idle')
    break
  }
})

test('row 11: no port for another frame, another origin, a frame that is gone, or a channel that is not this face’s', async () => {
  const started = start()
  const window = await ready(started)
  await until(() => window.shown.at(-1) === FACE, 'the face')
  const { frame } = window.webContents
  for (const other of [
    null,
    undefined,
    { ...frame, detached: true },
    { ...frame, parent: frame },
    { ...frame, origin: 'null' },
    { ...frame, origin: 'https://example.com' },
  ])
    started.asks('/host', other)
  for (const path of ['/desk', '/staff', '', '/host/', '__proto__', 7, null, { path: '/host' }])
    started.asks(path, frame)
  await delay(20)
  assert.deepEqual(window.webContents.given, [])
})

test('row 11: at a counter each window gets its own channel and not the other one’s', async () => {
  const started = start({ settings: '{"place":{"terminal":"t-1","role":"town","place":"見本市"}}' })
  await ready(started)
  const [staff, resident] = started.windows
  assert.ok(staff && resident)
  await until(() => resident.shown.at(-1) === 'app://terminal/resident/', 'the resident’s side')
  assert.equal(staff.shown.at(-1), 'app://terminal/counter/')
  for (const { webContents } of [staff, resident])
    for (const path of ['/staff', '/resident', '/host']) started.asks(path, webContents.frame, webContents)
  const paths = ({ webContents }: typeof staff) => webContents.given.map(({ path }) => path)
  assert.deepEqual([paths(staff), paths(resident)], [['/staff'], ['/resident']])
  started.asks('/staff', staff.webContents.frame, {})
  assert.equal(staff.webContents.given.length, 1, 'a page in no window of ours')
})

test('row 22: a host that is gone or hangs: calm page, new host, card read, face', async () => {
  const hall = await withHall()
  const started = start({ open: hall.open })
  const window = await ready(started)
  const faces = () => window.shown.filter((url) => url === FACE).length
  await until(() => faces() === 1, 'the face')
  // Pauses grow with failures in a row, so only two of the four follow each other here.
  for (const [i, trouble] of (['dies', 'hangs'] as const).entries()) {
    const host = started.hosts.at(-1)
    assert.ok(host)
    if (trouble === 'dies') host.die(139)
    else host.deaf = true
    await until(() => window.shown.at(-1) === CALM, `the host ${trouble}: calm`)
    await until(() => faces() === i + 2, `the host ${trouble}: the face again`)
    assert.ok(host.killed, 'no host is left behind')
    assert.equal(hall.opened(), i + 2)
  }
})

test('row 22: a page that is gone or hangs: its host lets go of the card, and everything begins anew', async () => {
  for (const trouble of ['gone', 'hangs']) {
    const started = start()
    const window = await ready(started)
    await until(() => window.shown.at(-1) === FACE, 'the face')
    if (trouble === 'gone') window.webContents.emit('render-process-gone', {}, { reason: 'crashed' })
    else window.emit('unresponsive')
    assert.equal(window.shown.at(-1), CALM, trouble)
    assert.ok(started.hosts[0]?.killed)
    await until(() => window.shown.at(-1) === FACE, 'the face again')
    assert.equal(started.hosts.length, 2)
  }
})

test('row 22: a host that cannot begin is tried again, each time later, and the page stays calm', async () => {
  const started = start({ open: () => new Promise(() => {}) })
  const window = await ready(started)
  started.hosts[0]?.die(1)
  await until(() => started.hosts.length === 2, 'a second host')
  assert.deepEqual([...new Set(window.shown)], [CALM])
})
