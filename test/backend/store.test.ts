import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idempotencyTables, idempotent, KeyReused } from '../../src/backend/store/idempotency.ts'
import { migrate } from '../../src/backend/store/migrate.ts'
import { openStore, type StorePlace } from '../../src/backend/store/open.ts'
import { deliver, outboxTables, post } from '../../src/backend/store/outbox.ts'
import { type Store, StoreRefused, UniqueViolation } from '../../src/backend/store/store.ts'
import { onBothEngines } from './engines.ts'

const things = { name: 'things', statements: ['CREATE TABLE thing (id TEXT PRIMARY KEY, n BIGINT, bytes BYTEA)'] }
const all = [things, idempotencyTables, outboxTables]

async function opened(place: StorePlace): Promise<Store> {
  const store = openStore(place)
  await migrate(store, all, 1)
  return store
}

onBothEngines('store', (place) => {
  test('values come back as they went in: text, safe integers, bytes, null', async () => {
    const store = await opened(place())
    await store.transaction(async (tx) => {
      await tx.run(
        'INSERT INTO thing (id, n, bytes) VALUES (?, ?, ?)',
        '髙﨑',
        Number.MAX_SAFE_INTEGER,
        Uint8Array.of(0, 255),
      )
      await tx.run('INSERT INTO thing (id, n, bytes) VALUES (?, ?, ?)', 'null', null, null)
    })
    const rows = await store.all('SELECT id, n, bytes FROM thing ORDER BY id')
    assert.deepEqual(
      rows.map((row) => ({ ...row })),
      [
        { id: 'null', n: null, bytes: null },
        { id: '髙﨑', n: Number.MAX_SAFE_INTEGER, bytes: Uint8Array.of(0, 255) },
      ],
    )
    await store.close()
  })

  test('a transaction that throws leaves nothing, its neighbours in the same commit stay', async () => {
    const store = await opened(place())
    const add = (id: string, fail: boolean) =>
      store.transaction(async (tx) => {
        await tx.run('INSERT INTO thing (id, n) VALUES (?, 1)', id)
        if (fail) throw new RangeError(id)
      })
    const outcomes = await Promise.allSettled([add('a', false), add('b', true), add('c', false)])
    assert.deepEqual(
      outcomes.map((o) => o.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    assert.deepEqual(
      (await store.all<{ id: string }>('SELECT id FROM thing ORDER BY id')).map((r) => r.id),
      ['a', 'c'],
    )
    await store.close()
  })

  test('a unique index refuses by name', async () => {
    const store = await opened(place())
    const add = () => store.transaction((tx) => tx.run('INSERT INTO thing (id) VALUES (?)', 'once'))
    await add()
    await assert.rejects(add(), UniqueViolation)
    await store.close()
  })

  test('rule 3: of twenty racing compare-and-sets exactly one touches the row', async () => {
    const store = await opened(place())
    await store.transaction((tx) => tx.run('INSERT INTO thing (id, n) VALUES (?, 0)', 'x'))
    const touched = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        store.transaction((tx) => tx.run('UPDATE thing SET n = ? WHERE id = ? AND n = 0', i + 1, 'x')),
      ),
    )
    assert.equal(touched.filter((n) => n === 1).length, 1)
    await store.close()
  })

  test('rule 16: forty racing read-then-write transactions lose no update', async () => {
    const store = await opened(place())
    await store.transaction((tx) => tx.run('INSERT INTO thing (id, n) VALUES (?, 0)', 'sum'))
    const work = () =>
      store.transaction(async (tx) => {
        const row = await tx.get<{ n: number }>('SELECT n FROM thing WHERE id = ?', 'sum')
        await tx.run('UPDATE thing SET n = ? WHERE id = ?', (row?.n ?? 0) + 1, 'sum')
      })
    for (let round = 0; round < 10; round++) await Promise.all([work(), work(), work(), work()])
    assert.equal((await store.get<{ n: number }>('SELECT n FROM thing WHERE id = ?', 'sum'))?.n, 40)
    await store.close()
  })

  test('migrations run once each, whoever starts first, and never go back', async () => {
    const where = place()
    const first = await opened(where)
    await migrate(first, all, 2)
    assert.equal((await first.all('SELECT version FROM schema_version')).length, all.length)
    await assert.rejects(
      migrate(first, [things], 3),
      (error) => error instanceof StoreRefused && /never go back/.test(error.message),
    )
    await first.close()
  })

  test('a broken migration leaves the schema at the step before', async () => {
    const store = await opened(place())
    const broken = { name: 'broken', statements: ['CREATE TABLE half (id TEXT)', 'CREATE TABLE half (id TEXT)'] }
    await assert.rejects(migrate(store, [...all, broken], 2))
    await assert.rejects(store.all('SELECT id FROM half'))
    assert.equal((await store.all('SELECT version FROM schema_version')).length, all.length)
    await store.close()
  })

  test('rule 7: the same key and body give the stored reply, another body is a conflict', async () => {
    const store = await opened(place())
    let runs = 0
    const ask = (body: string) =>
      store.transaction((tx) =>
        idempotent(tx, { actor: 't1', key: 'k', body }, 5, async () => {
          runs++
          await tx.run('INSERT INTO thing (id) VALUES (?)', 'made')
          return { made: true }
        }),
      )
    assert.deepEqual(await ask('{"a":1}'), { made: true })
    assert.deepEqual(await ask('{"a":1}'), { made: true })
    assert.equal(runs, 1)
    await assert.rejects(ask('{"a":2}'), KeyReused)
    await store.close()
  })

  test('the outbox delivers at least once, keeps what failed for later, and dies with a rolled-back transaction', async () => {
    const store = await opened(place())
    let now = 1000
    await store.transaction((tx) => post(tx, 'good', { n: 1 }, now))
    await store.transaction((tx) => post(tx, 'bad', { n: 2 }, now))
    await assert.rejects(
      store.transaction(async (tx) => {
        await post(tx, 'good', { n: 3 }, now)
        throw new Error('rolled back')
      }),
    )
    const seen: unknown[] = []
    let fail = true
    const handlers = {
      good: async (payload: unknown) => void seen.push(payload),
      bad: async (payload: unknown) => {
        if (fail) throw new Error('not now')
        seen.push(payload)
      },
    }
    assert.equal(await deliver(store, handlers, () => now), 1)
    assert.equal(await deliver(store, handlers, () => now), 0, 'not before its time')
    fail = false
    now += 100_000
    assert.equal(await deliver(store, handlers, () => now), 1)
    assert.deepEqual(seen, [{ n: 1 }, { n: 2 }])
    await store.close()
  })

  test('a long outbox is emptied in one call, by two who deliver at once each message once', async () => {
    const store = await opened(place())
    await store.transaction(async (tx) => {
      for (let n = 0; n < 250; n++) await post(tx, 'n', n, 1000 + n)
    })
    const seen: unknown[] = []
    const handlers = { n: async (n: unknown) => void seen.push(n) }
    const round = () => deliver(store, handlers, () => 2000)
    const [one, other] = await Promise.all([round(), round()])
    assert.equal(one + other, 250)
    assert.equal(new Set(seen).size, 250)
    assert.equal(seen.length, 250)
    assert.equal(await round(), 0)
    await store.close()
  })
})
