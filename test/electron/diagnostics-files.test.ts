/** What the keeper's page saves: one place, one file a day and form, this account's alone, nothing the schema does not name (decision 0222). */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { diagnosticsFileName, diagnosticsFiles, exported } from '../../apps/terminal/diagnostics-files.ts'
import { diagnosticsService } from '../../apps/terminal/diagnostics-service.ts'
import { connect } from '../../src/wire/connect.ts'
import { type Diagnostics, diagnosticsCalls, NEVER_EXPORTED } from '../../src/wire/diagnostics.ts'
import { wirePair } from '../../src/wire/memory-wire.ts'
import { type Service, serve } from '../../src/wire/serve.ts'

const NOON = new Date(2026, 10, 21, 12).getTime()
const told: Diagnostics = {
  ...{ at: NOON, terminal: '../../t-1', place: '見本市', role: 'kiosk' },
  reader: { there: 'nothing' },
  backend: { endpoints: 0, away: false },
  journal: { writes: 0, orders: 0 },
  turns: [],
  commands: { count: 0 },
  faults: [],
  neverExported: [...NEVER_EXPORTED],
  metrics: 'madoguchi_turns_total 1\n',
}
const folder = () => join(mkdtempSync(join(tmpdir(), 'madoguchi-keeper-')), 'diagnostics')

test('the name is the day and the form, and holds nothing of settings or pages', () => {
  assert.equal(diagnosticsFileName(NOON, 'json'), '2026-11-21.json')
  assert.equal(diagnosticsFileName(NOON, 'prom'), '2026-11-21.prom')
})

test('a file is this account’s alone, in a folder of its own; another of the same day takes its place', async () => {
  const place = folder()
  const save = diagnosticsFiles(place)
  const path = join(place, '2026-11-21.json')
  assert.deepEqual(await save(told, 'json'), { kind: 'saved', path })
  assert.deepEqual(await save({ ...told, place: '別の市' }, 'json'), { kind: 'saved', path })
  assert.equal((await save(told, 'prom')).kind, 'saved')
  assert.deepEqual(readdirSync(place).sort(), ['2026-11-21.json', '2026-11-21.prom'])
  assert.deepEqual([statSync(place).mode & 0o777, statSync(path).mode & 0o777], [0o700, 0o600])
  const { metrics: _, ...state } = { ...told, place: '別の市' }
  assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), state)
  assert.equal(readFileSync(join(place, '2026-11-21.prom'), 'utf8'), told.metrics)
})

test('pressed many times at once: each is answered, one file', async () => {
  const place = folder()
  const save = diagnosticsFiles(place)
  const all = await Promise.all(Array.from({ length: 8 }, () => save(told, 'json')))
  assert.deepEqual([...new Set(all.map(({ kind }) => kind))], ['saved'])
  assert.deepEqual(readdirSync(place), ['2026-11-21.json'])
})

test('a link that somebody laid at the name, or at the half-written one, is replaced and not followed', async () => {
  const place = folder()
  mkdirSync(place)
  const others = join(place, '../others')
  writeFileSync(others, 'theirs')
  for (const name of ['2026-11-21.json', '2026-11-21.json.new']) symlinkSync(others, join(place, name))
  assert.equal((await diagnosticsFiles(place)(told, 'json')).kind, 'saved')
  assert.equal(readFileSync(others, 'utf8'), 'theirs')
  assert.deepEqual(readdirSync(place), ['2026-11-21.json'])
})

test('a folder that cannot be is an answer and no crash', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'madoguchi-keeper-')), 'file')
  writeFileSync(file, '')
  for (const place of [file, join(file, 'below'), '/proc/madoguchi'])
    assert.deepEqual(await diagnosticsFiles(place)(told, 'json'), { kind: 'notSaved', reason: 'notWritable' }, place)
})

test('a field that the schema does not name is never written', () => {
  assert.throws(() => exported({ ...told, pin: '1234' } as Diagnostics, 'json'))
})

test('a page names a terminal it was told of and a form; it has no say in path or text', async () => {
  const place = folder()
  const hall: Service = {
    calls: { diagnostics: { input: diagnosticsCalls.diagnostics.input, handle: async () => told } },
    listens: {},
  }
  const { near, far } = wirePair()
  serve(far, diagnosticsService([{ service: hall, save: diagnosticsFiles(place) }]))
  const page = connect(near)
  const asked = { terminal: told.terminal, form: 'json' }
  assert.deepEqual(await page.call('save', asked), { kind: 'saved', path: join(place, '2026-11-21.json') })
  for (const other of [
    { ...asked, terminal: 't-2' },
    { ...asked, form: '../x' },
    { ...asked, path: '/tmp/x' },
    { ...asked, text: 'x' },
    {},
  ])
    await assert.rejects(page.call('save', other), { code: 'badInput' })
})
