/**
 * Canaries in a whole day of kiosk and counter: PINs are on the secret lane and nowhere else, personal data is on the staff screen while
 * it is needed and nowhere else, and nothing is left when the turn and the session are over (F05).
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { SPECIMENS } from '../../apps/world/specimens.ts'
import { openWorld, type World } from '../../apps/world/world.ts'
import { openBrowser } from './browser.ts'
import { daytime } from './daytime.ts'
import { contentOf } from './page-facts.ts'
import { Town } from './town.ts'

const PIN = 'CANARY77X'
const NUMBER = '7391'
const { person, serial } = SPECIMENS.prepared

let browser: Browser
let world: World
const logged: string[] = []
before(async () => {
  world = await openWorld({ clock: daytime(), log: (event) => void logged.push(JSON.stringify(event)) })
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await world?.close()
})

/** The JSON of a packet, without the secret that follows it. */
const frameOf = (packet: string): string =>
  packet.slice(4, 4 + Buffer.from(packet.slice(0, 4), 'latin1').readUInt32BE())

/** As it may stand in bytes, in hexadecimal or in base64. */
const forms = (text: string): string[] => {
  const bytes = Buffer.from(text)
  return [text, bytes.toString('latin1'), bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, '')]
}

function clean(where: string, texts: readonly string[], secrets: readonly string[]): void {
  for (const secret of secrets.flatMap(forms))
    for (const text of texts) assert.ok(!text.toLowerCase().includes(secret.toLowerCase()), `${where} holds ${secret}`)
}

const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())

test('a delivery with canaries: each is where it belongs and nowhere else', async (t) => {
  for (const name of ['log', 'error', 'warn', 'info', 'debug'] as const)
    t.mock.method(console, name, (...args: unknown[]) => void logged.push(args.join(' ')))
  const journals = mkdtempSync(join(tmpdir(), 'madoguchi-journals-'))
  t.after(() => rmSync(journals, { recursive: true, force: true }))
  await using town = await Town.open(browser, world, journals)
  const { staff, resident } = await town.counter()
  await staff.key('F9')
  await staff.sees('住民を検索する')
  await staff.page.getByLabel('フリガナ').fill(person.kana)
  await staff.page.getByLabel('生年月日').fill(person.birth)
  await staff.page.getByLabel('氏名').fill(person.name)
  await staff.key('Enter')
  await staff.sees(/候補を選び/)
  await staff.page.getByRole('radio', { name: new RegExp(person.name.replace('　', '.')) }).press('Space')
  await staff.page.getByLabel('氏名', { exact: true }).fill(person.name)
  await staff.page.getByLabel('生年月日', { exact: true }).fill(person.birth)
  await staff.page.getByRole('radio', { name: '女', exact: true }).press('Space')
  await staff.page.getByLabel('住所', { exact: true }).fill(person.address)
  await staff.key('Enter')
  await staff.sees('手続きを選んでください')

  await town.lay('prepared', 'counter')
  await staff.reads('交付前設定済み')
  await staff.presses('交付')
  await staff.sees(/受け取りに来た人/)
  await staff.page.getByRole('checkbox', { name: '旅券' }).press('Space')
  await staff.page.getByRole('radio', { name: '写真と同じ人' }).press('Space')
  await staff.key('Enter')
  await resident.sees(/署名用.*新しい暗証番号を入力/s)
  await resident.page.keyboard.type(PIN)
  const whileTyped = [await contentOf(resident.page), await contentOf(staff.page)]
  await resident.key('Enter')
  await resident.sees(/もう一度/)
  await resident.page.keyboard.type(PIN)
  await resident.key('Enter')
  await resident.presses('同じ番号にする')
  await resident.chooses(/利用者証明用/, NUMBER)
  await staff.sees('カードの検査結果')
  await staff.key('Enter')
  await resident.sees('カードをお渡しできます')
  const whenDone = await contentOf(resident.page)
  await resident.presses('閉じる')
  await town.take('counter')
  await staff.sees('終わりました')
  await staff.key('Enter')
  await staff.sees('手続きを選んでください')
  await town.take('staff')
  await staff.sees('職員カードを置いてください')
  await resident.sees('こんにちは')

  const secrets = [PIN, NUMBER]
  const personal = [person.name, person.name.replace('　', ' '), person.kana, person.address, serial]
  const { sent, received } = town.packets
  clean('the resident’s page', whileTyped, secrets)
  clean('a frame to the hall', sent.map(frameOf), secrets)
  clean('a frame from the hall', received, secrets)
  clean('the resident’s screen', resident.watched.received, personal)
  clean('the resident’s page when it is done', [whenDone], personal)
  clean('the staff screen after the session', [await contentOf(staff.page)], [...personal, ...secrets])
  clean('the resident’s screen after the turn', [await contentOf(resident.page)], [...personal, ...secrets])
  clean('a log', logged, [...secrets, person.name, person.kana, person.address])
  clean('the trace', [JSON.stringify(town.readers.trace())], [...secrets, person.name, person.address])
  const journal = files(journals).map((path) => readFileSync(path, 'latin1'))
  assert.ok(journal.length > 0, 'there is a journal to look into')
  clean('the journal', journal, [...secrets, person.name, person.kana, person.address])
  for (const { page } of [staff, resident]) {
    const kept = 'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state])'
    assert.equal(await page.evaluate<string>(kept), '[{},{},"",null]')
    assert.deepEqual(await page.evaluate<unknown[]>('indexedDB.databases()'), [])
    clean('the address', [page.url()], [...secrets, ...personal])
  }
  assert.equal(resident.watched.sent.filter((packet) => packet.endsWith(PIN)).length, 2, 'and the canary sang')
  assert.ok(!staff.watched.sent.some((packet) => packet.includes(PIN) || packet.endsWith(NUMBER)))
})
