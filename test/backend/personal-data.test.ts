/** Rule 17: what lies in the database about people can be read by nobody who has the database alone. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { prepareDemo } from '../../apps/backend/demo.ts'
import { runBackend } from '../../apps/backend/run.ts'
import { type SealPurpose, sealer } from '../../src/backend/keys/seal.ts'
import { asking, doorClient } from './door-client.ts'
import { onBothEngines } from './engines.ts'
import { activate, cardKey, HIERARCHY, MASTER, orderFor } from './fixture.ts'
import { signedInAt } from './sign-in.ts'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-personal-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Names, readings, birthdays and addresses of everybody who occurs below. */
const PERSONAL = /花子|華子|次郎|仮名|番号　|バンゴウ|ばんごう|カメイ|19890331|20170401|19800101|清瀬市|中里|窓口　/

const TABLES = {
  sqlite: "SELECT name FROM sqlite_master WHERE type = 'table'",
  postgres: "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
} as const

onBothEngines('personal data at rest', (place) => {
  test('after a life – entered, searched, picked, renamed, moved, certified – no column can be read', async () => {
    const running = await runBackend({
      ...{ place: place(), master: MASTER, crlFolder: join(folder, crypto.randomUUID()), ceremony: HIERARCHY.quick },
      ...{ role: 'all', host: '127.0.0.1', port: 0, version: 'test', log: () => {}, prepare: prepareDemo },
    })
    const { parts } = running.backend
    const { session } = await signedInAt(running.backend, 'demo-town')
    const { ok } = doorClient(() => running.address, new Map([['demo-town', session]]))
    const post = (terminal: string, path: string, body: object) => ok(asking(terminal, 'POST', path, body))
    const attributes = { name: '仮名　太郎', sex: '1', birth: '19800101', address: '東京都清瀬市中里１' }
    const person = { id: 'taro', municipality: '132217', kana: 'カメイ　タロウ', abroad: false }
    await post('demo-registry', '/v1/people', { ...person, ...attributes })
    await post('demo-town', '/v1/people/search', { kana: 'カメイ　タロウ', birth: '19800101', sex: '1' })
    await post('demo-town', '/v1/people/pick', { holder: 'taro', compared: attributes })
    const event = (id: string, what: object) =>
      post('demo-registry', '/v1/registry-events', { id, holder: 'taro', event: what })
    await event('e-1', { kind: 'renamed', name: '番号　太郎', kana: 'バンゴウ　タロウ' })
    await event('e-2', { kind: 'moved', municipality: '132217', address: '東京都清瀬市中里２' })
    await event('e-3', { kind: 'movedAbroad', remark: '国外転出　清瀬市より' })
    const key = cardKey()
    await activate(parts, orderFor('sign', key), key)

    const readable = new Set<string>()
    let columns = 0
    for (const { name } of await parts.store.all<{ name: string }>(TABLES[parts.store.engine]))
      for (const row of await parts.store.all(`SELECT * FROM ${name}`))
        for (const [column, value] of Object.entries(row)) {
          columns++
          const text = value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value)
          if (PERSONAL.test(text)) readable.add(`${name}.${column}`)
        }
    await running.stop()
    assert.ok(columns > 200)
    assert.deepEqual([...readable], [])
  })
})

describe('sealed columns', () => {
  const text = new TextEncoder().encode('番号　花子')
  const purposes: readonly SealPurpose[] = ['authority keys', 'personal data', 'card keys']

  test('registry data and authority data never share a key; what was moved or changed does not open', () => {
    for (const purpose of purposes) {
      const own = sealer(MASTER, purpose)
      const sealed = own.seal(text, 'person hanako')
      assert.deepEqual(new Uint8Array(own.open(sealed, 'person hanako')), text)
      assert.notDeepEqual(own.seal(text, 'person hanako'), sealed, 'the same text twice looks different')
      for (const other of purposes.filter((one) => one !== purpose))
        assert.throws(() => sealer(MASTER, other).open(sealed, 'person hanako'), `${purpose} under the key of ${other}`)
      assert.throws(() => own.open(sealed, 'person jiro'), 'another row')
      for (let at = 0; at < sealed.length; at++) {
        const changed = sealed.slice()
        changed[at] = (changed[at] ?? 0) ^ 1
        assert.throws(() => own.open(changed, 'person hanako'), `octet ${at}`)
      }
    }
  })
})
