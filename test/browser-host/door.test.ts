import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { type Door, openDoor } from '../../apps/browser-host/door.ts'
import { webSocketWire } from '../../apps/browser-host/web-socket-wire.ts'
import { connect } from '../../src/wire/connect.ts'
import { decodePacket, encodePacket, MAX_PACKET } from '../../src/wire/packet.ts'
import type { Service } from '../../src/wire/serve.ts'

let folder: string
let door: Door
let address: URL
const secrets: (Uint8Array | undefined)[] = []

const service: Service = {
  calls: {
    echo: {
      input: z.strictObject({ text: z.string() }),
      handle: async ({ text }: { text: string }, secret) => {
        secrets.push(secret)
        return text
      },
    },
  },
  listens: {},
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'door-'))
  await mkdir(join(folder, 'site', 'kiosk'), { recursive: true })
  await writeFile(join(folder, 'site', 'kiosk', 'index.html'), '<!doctype html>')
  await writeFile(join(folder, 'site', 'key.pem'), 'not served')
  await writeFile(join(folder, 'secret.html'), 'outside')
  await mkdir(join(folder, 'site-sibling'))
  await writeFile(join(folder, 'site-sibling', 'x.html'), 'outside')
  door = await openDoor({ services: { '/host': service, '/desk': service }, files: join(folder, 'site') })
  address = new URL(door.url('kiosk/'))
})
after(async () => {
  await door.close()
  await rm(folder, { recursive: true })
})

interface Got {
  readonly status: number | undefined
  readonly headers: NodeJS.Dict<string | string[]>
}

/** A raw GET: the path goes as it is, no client tidies it. */
function get(path: string, headers: Record<string, string> = {}): Promise<Got> {
  const { port } = address
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path, headers, method: headers['method'] ?? 'GET' },
      (response) => {
        response.resume()
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers }))
      },
    )
    asked.on('error', reject)
    asked.end()
  })
}

let cookie = ''

test('nothing without the token; a wrong one is refused; the right one works once', async () => {
  const { pathname, search } = address
  assert.equal((await get('/kiosk/')).status, 403)
  assert.equal((await get('/kiosk/?token=AAAA')).status, 403)
  const first = await get(pathname + search)
  assert.equal(first.status, 303)
  assert.equal(first.headers['location'], '/kiosk/')
  assert.match(String(first.headers['set-cookie']), /HttpOnly; SameSite=Strict/)
  cookie = String(first.headers['set-cookie']).split(';')[0] ?? ''
  assert.equal((await get(pathname + search)).status, 403)
  assert.equal((await get(pathname + search, { cookie })).status, 303, 'where it was opened first it leads there again')
})

test('each address has a token of its own, and keeps what else stands in it', async () => {
  const second = new URL(door.url('kiosk/'))
  const opened = await get(`${second.pathname}${second.search}&panel=10`)
  assert.deepEqual([opened.status, opened.headers['location']], [303, '/kiosk/?panel=10'])
})

test('pages come locked down', async () => {
  const page = await get('/kiosk/', { cookie })
  assert.equal(page.status, 200)
  const policy = String(page.headers['content-security-policy'])
  for (const rule of [
    "default-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
  ])
    assert.ok(policy.includes(rule), rule)
  assert.ok(!/unsafe|\*/.test(policy))
  assert.equal(page.headers['x-content-type-options'], 'nosniff')
})

test('no path leaves the folder, no unknown type is served', async () => {
  for (const path of [
    '/../secret.html',
    '/%2e%2e/secret.html',
    '/..%2fsecret.html',
    '/%2e%2e%2fsite-sibling/x.html',
    '/..%5csecret.html',
    '/key.pem',
    '/kiosk/%00.html',
    '/%zz',
  ])
    assert.equal((await get(path, { cookie })).status, 404, path)
})

test('another Host is refused (DNS rebinding), so is anything but GET', async () => {
  assert.equal((await get('/kiosk/', { cookie, host: 'kiosk.example:80' })).status, 421)
  assert.equal((await get('/kiosk/', { cookie, method: 'POST' })).status, 405)
})

const open = (headers: Record<string, string>, origin = address.origin, path = '/host') => {
  const socket = new WebSocket(`${address.origin.replace('http', 'ws')}${path}`, { headers, origin })
  return new Promise<WebSocket>((resolve, reject) => {
    socket.once('open', () => resolve(socket))
    socket.once('error', reject)
  })
}

test('the channel opens for the cookie and the exact Origin only', async () => {
  await assert.rejects(open({}), /403/)
  await assert.rejects(open({ cookie }, 'http://127.0.0.1'), /403/)
  await assert.rejects(open({ cookie }, 'http://evil.example'), /403/)
  await assert.rejects(open({ cookie }, undefined, '/other'), /403/)
  const socket = await open({ cookie })
  const client = connect(webSocketWire(socket))
  assert.equal(await client.call('echo', { text: '窓口' }, Uint8Array.of(1, 2)), '窓口')
  assert.deepEqual(secrets.at(-1), Uint8Array.of(1, 2))
  socket.terminate()
})

test('one client at a time: a page loaded again takes the place of the one before', async () => {
  const first = await open({ cookie })
  const gone = new Promise<number>((resolve) => first.once('close', resolve))
  const other = await open({ cookie }, undefined, '/desk')
  const second = await open({ cookie })
  assert.equal(await gone, 4001)
  assert.equal(await connect(webSocketWire(other)).call('echo', { text: 'beside it' }), 'beside it')
  other.terminate()
  assert.equal(await connect(webSocketWire(second)).call('echo', { text: 'still' }), 'still')
  second.terminate()
})

test('what is no packet closes the channel and nothing else', async () => {
  for (const junk of [
    'text',
    Buffer.alloc(3),
    Buffer.from('ffffffff7b7d', 'hex'),
    Buffer.from('000000027b2c', 'hex'),
  ]) {
    const socket = await open({ cookie })
    const closed = new Promise<number>((resolve) => socket.once('close', resolve))
    socket.send(junk)
    assert.equal(await closed, 1003)
  }
  const socket = await open({ cookie })
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  socket.send(Buffer.alloc(MAX_PACKET + 1))
  assert.equal(await closed, 1009)
})

test('a packet keeps frame and secret apart, and decoding leaves no secret behind', () => {
  const bytes = encodePacket({ kind: 'stop', id: 7 }, Uint8Array.of(9, 8, 7))
  const packet = decodePacket(bytes)
  assert.deepEqual(packet, { frame: { kind: 'stop', id: 7 }, secret: Uint8Array.of(9, 8, 7) })
  assert.deepEqual(bytes.subarray(-3), new Uint8Array(3))
})
