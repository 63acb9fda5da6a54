/**
 * The pictures of the README, from the shipped pages, with invented people only: `node test/e2e/pictures.ts [FOLDER]`. The live face is
 * drawn, and comes by the camera of the browser like any other.
 */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { openSimulatedTerminal } from '../../apps/browser-host/simulated-terminal.ts'
import { virtualReaders } from '../../apps/testkit/testkit.ts'
import { openWorld } from '../../apps/world/world.ts'
import { root } from '../house/tree.ts'
import { openBrowser, watchPage } from './browser.ts'
import { daytime } from './daytime.ts'
import { Person } from './person.ts'
import { printedOn } from './phone.ts'
import { reserve } from './town-reservations.ts'

const folder = process.argv[2] ?? join(root, 'docs/pictures')
const READERS = {
  kiosk: 'キオスク Kiosk',
  counter: '窓口 Counter',
  staff: '職員 Staff',
  phone: 'スマートフォン Phone',
  faces: '顔の照合 Faces',
} as const

/** 見本 桜 as she might look into a phone today: another hair, no smile. */
const LIVE = `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="640" viewBox="0 0 120 160">
  <rect width="120" height="160" fill="#cfd9d4"/><rect width="120" height="46" fill="#dfe7e3"/>
  <path d="M22 160c2-24 18-34 38-34s36 10 38 34Z" fill="#37506b"/><path d="M50 108h20v22l-10 8-10-8Z" fill="#d9a989"/>
  <path d="M28 74c-4-40 12-54 32-54s36 14 32 54c-2 20-4 24-7 30H35c-3-6-5-10-7-30Z" fill="#2f2521"/>
  <ellipse cx="60" cy="80" rx="25" ry="33" fill="#e8bd9f"/><path d="M34 74c4-24 20-30 36-30 12 0 18 12 17 32-8-6-12-14-15-22-8 10-22 18-38 20Z" fill="#2f2521"/>
  <g fill="#2a1d18"><ellipse cx="50" cy="81" rx="2.6" ry="3"/><ellipse cx="70" cy="81" rx="2.6" ry="3"/></g>
  <g fill="none" stroke="#6d4634" stroke-width="1.4" stroke-linecap="round"><path d="M45 74q5-3 10 0M65 74q5-3 10 0M58 92q2 2 4 0"/><path d="M53 101q7 3 14 0" stroke="#a5524a" stroke-width="2"/></g>
  <g fill="none" stroke="#4b5660" stroke-width="1.3"><circle cx="50" cy="81" r="8"/><circle cx="70" cy="81" r="8"/><path d="M58 80q2-1.5 4 0M42 79l-6-1M78 79l6-1"/></g>
  <text x="60" y="154" font-size="8" fill="#fff" text-anchor="middle" font-family="sans-serif">SIMULATED 見本</text></svg>`

/** What the browser’s camera films: a file of JPEG pictures. */
async function film(): Promise<string> {
  await using browser = await openBrowser()
  const page = await browser.newPage({ viewport: { width: 480, height: 640 } })
  await page.setContent(`<body style="margin:0">${LIVE}`)
  const file = join(mkdtempSync(join(tmpdir(), 'pictures-')), 'face.mjpeg')
  writeFileSync(file, await page.screenshot({ type: 'jpeg', quality: 92 }))
  return file
}

type Address = (page: string) => string

async function person(browser: Browser, url: string, look: BrowserContextOptions): Promise<Person> {
  const context = await browser.newContext({
    locale: 'ja-JP',
    reducedMotion: 'reduce',
    permissions: ['camera'],
    ...look,
  })
  const watched = await watchPage(context, url, 'small')
  if (look.viewport) await watched.page.setViewportSize(look.viewport)
  return new Person(watched)
}

async function keep({ page }: Person, name: string): Promise<void> {
  await page.evaluate('document.fonts.ready.then(() => new Promise((done) => setTimeout(done, 300)))')
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

const PANEL = { viewport: { width: 1920, height: 1080 }, deviceScaleFactor: 2 / 3 }
const OFFICE = { viewport: { width: 1280, height: 720 } }
const PHONE = { viewport: { width: 390, height: 700 }, isMobile: true, hasTouch: true }

await using browser = await openBrowser([`--use-file-for-fake-video-capture=${await film()}`])
const world = await openWorld({ clock: daytime() })
const readers = await virtualReaders(Object.fromEntries(Object.values(READERS).map((name) => [name, null])))
const terminal = await openSimulatedTerminal({
  ...{ readers, world, reader: READERS.kiosk, counter: { reader: READERS.counter, staffReader: READERS.staff } },
  phone: { reader: READERS.phone, face: { staffReader: READERS.faces } },
})
try {
  await pictures((page) => terminal.door.url(page))
} finally {
  await terminal.close()
  await readers.close()
  await world.close()
}

async function pictures(address: Address): Promise<void> {
  const { desk } = terminal
  const table = await person(browser, address('desk/'), { viewport: { width: 1280, height: 900 } })
  const kiosk = await person(browser, `${address('kiosk/')}&panel=15`, PANEL)
  await kiosk.sees('ご希望の手続きを選んでください')
  await keep(kiosk, 'kiosk')
  await reserve(world, 'hanako', 'sign')
  await desk.lay('hanako', READERS.kiosk)
  await kiosk.presses(/^署名用/)
  await kiosk.sees(/暗証番号を入力/)
  await kiosk.enters('1234')
  await kiosk.sees(/新しい暗証番号/)
  await kiosk.page.keyboard.type('NEU4')
  await keep(kiosk, 'pin-pad')

  await desk.lay('demo-staff-1', READERS.staff)
  await desk.lay('signBlocked', READERS.counter)
  const staff = await person(browser, address('counter/'), OFFICE)
  await staff.sees('職員カードの暗証番号を入力してください')
  await staff.page.keyboard.type('1234')
  await staff.key('Enter')
  await staff.sees('手続きを選んでください')
  await staff.page.getByText('ロック中').first().waitFor()
  await keep(staff, 'counter')
  await desk.take(READERS.counter)

  await desk.lay('signBlocked', READERS.phone)
  const phone = await person(browser, address('phone/'), PHONE)
  await phone.presses(/署名用の暗証番号を忘れた/)
  await phone.sees(/使って予約/)
  await keep(phone, 'phone')
  await desk.lay('demo-staff-2', READERS.faces)
  const looker = await person(browser, address('faces/'), OFFICE)
  await looker.sees('職員カードの暗証番号を入力してください')
  await looker.page.keyboard.type('1234')
  await looker.key('Enter')
  await looker.sees('照合の依頼を待っています')
  await phone.presses('始める')
  await phone.sees(/利用者証明用の暗証番号を入力/)
  await phone.enters('1234')
  await phone.sees(/カードの表に書かれた数字/)
  await phone.enters(await printedOn(world))
  await phone.sees('お顔を撮影します')
  await phone.presses('撮影する')
  await looker.sees('同じ人か、見比べてください')
  await looker.page.locator('.actions button:not([data-disabled])').nth(2).waitFor()
  await keep(looker, 'faces')

  await desk.lay('fresh', READERS.counter)
  await table.page.getByText('番号 花子').first().waitFor()
  await keep(table, 'desk')
  const keeper = await person(browser, address('diagnostics/'), { viewport: { width: 1280, height: 900 } })
  await keeper.sees('端末の状態')
  if (process.argv[2] !== undefined) await keep(keeper, 'diagnostics')
}
