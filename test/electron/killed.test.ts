/** The host process really killed, in the middle of somebody's turn, with a card on a reader that is reached through PC/SC. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Electron } from '../../apps/terminal/electron/given.ts'
import { runProgram } from '../../apps/terminal/electron/program.ts'
import { settingsFrom } from '../../apps/terminal/electron/settings.ts'
import { portWire } from '../../apps/terminal/renderer/shared/port-wire.ts'
import { virtualReaders } from '../../apps/testkit/testkit.ts'
import { connect } from '../../src/wire/connect.ts'
import { type Screen, screenSchema, type ViewOf } from '../../src/wire/view.ts'
import { ChildHost } from './child-host.ts'
import { fakeElectron } from './fake-electron.ts'

const endings: (() => unknown)[] = []
after(async () => {
  for (const end of endings.reverse()) await end()
})

async function until(done: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 1000 && !done(); i++) await delay(10)
  assert.ok(done(), what)
}

const FACE = 'app://terminal/kiosk/'
const CALM = 'app://terminal/calm/'

test('row 22: killed while a card is being used: calm page, the card read, the same turn begun anew, no try spent', async () => {
  const readers = await virtualReaders({ Kiosk: null })
  endings.push(() => readers.close())
  const host = () => new ChildHost({ ...process.env, ...readers.env })
  const fake = fakeElectron({ packaged: true, open: () => assert.fail('another process opens it'), host })
  const place = { terminal: 'test', role: 'kiosk', place: 'test', reader: 'Kiosk' }
  const running = runProgram(fake.electron as unknown as Electron, {
    args: [],
    env: {},
    paths: { pages: '/', calm: '/', preload: '/', hostProcess: '/' },
    settings: async (packaged) => settingsFrom(JSON.stringify({ place }), packaged),
    read: () => assert.fail('nothing is enrolled'),
    complain: (sentence) => assert.fail(sentence),
  })
  endings.push(() => fake.electron.app.emit('will-quit'))
  endings.push(() => fake.hosts.at(-1)?.die(0))
  fake.ready()
  await running
  const window = fake.windows[0]
  assert.ok(window)
  const faces = () => window.shown.filter((url) => url === FACE).length
  await until(() => faces() === 1, 'the face')
  await readers.insert('Kiosk', 'resident')

  /** A page that looks at the state of the PINs. */
  async function looks(): Promise<{ seen: ViewOf<'pinStatus'>; over: Promise<unknown> }> {
    assert.ok(window)
    fake.asks('/host', window.webContents.frame)
    const port = window.webContents.given.at(-1)?.port
    assert.ok(port)
    endings.push(() => port.close())
    const client = connect(portWire(port as never))
    const found = Promise.withResolvers<ViewOf<'pinStatus'>>()
    const over = (async () => {
      let started = false
      for await (const value of client.listen('screen', {}, new AbortController().signal)) {
        const { view }: Screen = screenSchema.parse(value)
        if (view.kind === 'idle' && !started) {
          started = true
          await client.call('start', { procedure: 'pinStatus' })
        }
        if (view.kind === 'pinStatus') found.resolve(view)
        if (view.kind === 'failed') found.reject(new Error(view.failure))
      }
    })().catch((error: unknown) => {
      found.reject(error)
      return error
    })
    return { seen: await found.promise, over }
  }

  const first = await looks()
  fake.hosts[0]?.die(0)
  assert.match(String(await first.over), /ChannelError/, 'the page knows that its host is gone')
  await until(() => window.shown.filter((url) => url === CALM).length === 2, 'the calm page')
  await until(() => faces() === 2, 'the face again')
  assert.equal(fake.hosts.length, 2)
  const second = await looks()
  assert.deepEqual(second.seen, first.seen)
})
