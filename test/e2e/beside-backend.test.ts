/** A counter of `npm start -- --backend URL --role town`: staff of `madoguchi backend --demo` sign in, and see what that backend knows. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { prepareDemo } from '../../apps/backend/demo.ts'
import { runBackend } from '../../apps/backend/run.ts'
import { linesTo } from '../../apps/start/backend-lines.ts'
import { openMachineTerminal } from '../../apps/start/machine-terminal.ts'
import { READERS } from '../../apps/start/readers.ts'
import { SIMULATED_TERMINAL } from '../../apps/testkit/host-ports.ts'
import { memoryJournalStore } from '../../src/host/journal-store.ts'
import { HIERARCHY, MASTER } from '../backend/fixture.ts'
import { openBrowser, openPage } from './browser.ts'
import { Person } from './person.ts'

test('a counter beside a backend: the staff card is laid at the desk, its owner signs in, a card that is not registered is named so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-beside-'))
  await using backend = Object.assign(
    await runBackend({
      ...{ place: { folder }, master: MASTER, crlFolder: join(folder, 'crl'), ceremony: HIERARCHY.quick },
      ...{ role: 'all', host: '127.0.0.1', port: 0, version: 'test', log: () => {}, prepare: prepareDemo },
    }),
    {
      async [Symbol.asyncDispose]() {
        await backend.stop()
        rmSync(folder, { recursive: true })
      },
    },
  )
  const role = 'town'
  const settings = { ...SIMULATED_TERMINAL, terminal: `demo-${role}`, role, staffReader: READERS.staff } as const
  const lines = linesTo({ addresses: [backend.address], role })
  const ports = { backend: lines, journal: memoryJournalStore(), settings }
  const terminal = await openMachineTerminal({ readers: 'no', port: 0, ports })
  const browser = await openBrowser()
  try {
    const pages = Object.fromEntries(terminal.pages.map((url) => [new URL(url).pathname, url]))
    const open = (path: string) => openPage(browser, pages[path] ?? assert.fail(path), 'small')
    const [desk, staff] = [await open('/desk/'), new Person(await open('/counter/'))]
    const lay = async (reader: string, card: string) => {
      const slot = desk.page.getByRole('article', { name: reader })
      await slot.getByRole('combobox').selectOption(card)
      await slot.getByRole('button', { name: '置く', exact: true }).click()
    }
    await staff.sees('職員カードを置いてください')
    await lay(READERS.staff, 'demo-staff-1')
    await staff.sees('職員カードの暗証番号を入力してください')
    await staff.page.keyboard.type('1234')
    await staff.key('Enter')
    await staff.sees('手続きを選んでください')
    await lay(READERS.counter, 'resident')
    await staff.reads('センターに登録がありません')
    assert.ok(await staff.page.getByRole('button', { name: '暗証番号の初期化' }).isDisabled())
    assert.deepEqual([...desk.complaints, ...staff.watched.complaints], [])
  } finally {
    await browser.close()
    await terminal.close()
  }
})
