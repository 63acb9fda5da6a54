/** The host process behind its messages: begins once, reads the card before it serves, and is unmoved by what is no message. */
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { after, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { z } from 'zod'
import type { FromHost } from '../../apps/terminal/electron/host-messages.ts'
import { type OpenHost, serveHost } from '../../apps/terminal/electron/host-service.ts'
import type { MainPort } from '../../apps/terminal/electron/port-wire.ts'
import { settingsFrom } from '../../apps/terminal/electron/settings.ts'
import { portWire } from '../../apps/terminal/renderer/shared/port-wire.ts'
import { connect } from '../../src/wire/connect.ts'
import { portPair } from './ports.ts'

const endings: (() => void)[] = []
after(() => {
  for (const end of endings) end()
})

function host(readCard: () => Promise<void> = async () => {}) {
  const parent = new EventEmitter()
  const said: FromHost[] = []
  let opened = 0
  serveHost(
    { on: (name, listener) => parent.on(name, listener), postMessage: (message) => said.push(message) },
    async (): Promise<OpenHost> => {
      opened++
      const echo = { input: z.string(), handle: async (text: string) => text }
      return { services: { '/host': { calls: { echo }, listens: {} } }, readCard, isQuiet: async () => false }
    },
  )
  const tell = (data: unknown, ...ports: MainPort[]) => parent.emit('message', { data, ports })
  const begin = () => tell({ kind: 'begin', settings: settingsFrom(undefined, true), folder: '/nowhere' })
  return { said, tell, begin, opened: () => opened }
}

function pair() {
  const made = portPair()
  endings.push(() => made.close())
  return made
}

test('row 22: nobody is served before the card was read', async () => {
  const reading = Promise.withResolvers<void>()
  const { said, tell, begin } = host(() => reading.promise)
  begin()
  const { page, host: port } = pair()
  tell({ kind: 'channel', path: '/host' }, port)
  const answer = connect(portWire(page)).call('echo', 'hello')
  await delay(20)
  assert.deepEqual(said, [])
  reading.resolve()
  assert.equal(await answer, 'hello')
  assert.deepEqual(said, [{ kind: 'cardRead' }])
})

test('row 12: it begins once, answers a ping at once, and says whether it is quiet', async () => {
  const { said, tell, begin, opened } = host()
  tell({ kind: 'ping', id: 7 })
  assert.deepEqual(said, [{ kind: 'pong', id: 7 }], 'also before it has begun')
  begin()
  begin()
  tell({ kind: 'isQuiet', id: 7 })
  await delay(10)
  assert.equal(opened(), 1)
  assert.deepEqual(said.slice(1), [{ kind: 'cardRead' }, { kind: 'quiet', id: 7, quiet: false }])
})

test('row 12: a page that comes again takes the place of the one before; a channel that is not there is closed', async () => {
  const { tell, begin } = host()
  begin()
  const [first, second, stranger] = [pair(), pair(), pair()]
  const gone = [first, stranger].map(({ raw }) => new Promise<void>((resolve) => raw.once('close', () => resolve())))
  tell({ kind: 'channel', path: '/host' }, first.host)
  const before = connect(portWire(first.page))
  assert.equal(await before.call('echo', 'first'), 'first')
  tell({ kind: 'channel', path: '/host' }, second.host)
  assert.equal(await connect(portWire(second.page)).call('echo', 'second'), 'second')
  tell({ kind: 'channel', path: 'constructor' }, stranger.host)
  await Promise.all(gone)
  await assert.rejects(before.call('echo', 'first'), { code: 'channelClosed' })
})

test('row 12: what is no message does nothing', async () => {
  const { said, tell, opened } = host()
  const message = fc.oneof(
    fc.jsonValue(),
    fc.record({
      kind: fc.constantFrom('begin', 'channel', 'stop', '__proto__'),
      settings: fc.jsonValue(),
      path: fc.jsonValue(),
    }),
  )
  fc.assert(fc.property(message, (data) => void tell(data)))
  await delay(5)
  assert.deepEqual([said, opened()], [[], 0])
})
