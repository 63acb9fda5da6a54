/** The visual check (目視) in the browser: a resident at the phone page, a member of staff at theirs, both pictures between them. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openSimulatedTerminal, type SimulatedTerminal } from '../../apps/browser-host/simulated-terminal.ts'
import { type TestReaders, virtualReaders } from '../../apps/testkit/testkit.ts'
import { openWorld, type World } from '../../apps/world/world.ts'
import { type OfficeScreen, openBrowser, watchPage } from './browser.ts'
import { daytime } from './daytime.ts'
import { Person } from './person.ts'
import { onPhone, reserves } from './phone.ts'

const [KIOSK, PHONE, FACES] = ['Kiosk', 'Phone', 'Faces']

let browser: Browser
let world: World
let readers: TestReaders
let terminal: SimulatedTerminal
before(async () => {
  world = await openWorld({ clock: daytime() })
  browser = await openBrowser()
})
beforeEach(async () => {
  await terminal?.close()
  await readers?.close()
  readers = await virtualReaders({ [KIOSK]: null, [PHONE]: null, [FACES]: null })
  const phone = { reader: PHONE, face: { staffReader: FACES } }
  terminal = await openSimulatedTerminal({ readers, reader: KIOSK, phone, world })
  await terminal.desk.lay('signBlocked', PHONE)
})
after(async () => {
  await browser?.close()
  await terminal?.close()
  await readers?.close()
  await world?.close()
})

const withPhone = (work: (phone: Person) => Promise<void>) => onPhone(browser, terminal.door.url('phone/'), work)

async function withStaff(work: (staff: Person) => Promise<void>, size: OfficeScreen = 'small'): Promise<void> {
  const context = await browser.newContext({ locale: 'ja-JP', reducedMotion: 'reduce' })
  const watched = await watchPage(context, terminal.door.url('faces/'), size)
  const staff = new Person(watched)
  await staff.sees('職員カードを置いてください')
  await work(staff)
  assert.deepEqual(watched.complaints, [], 'the browser had nothing to complain of')
  await context.close()
}

/** By keyboard alone. */
async function signsIn(staff: Person): Promise<void> {
  await terminal.desk.lay('demo-staff-1', FACES)
  await staff.sees('職員カードの暗証番号を入力してください')
  await staff.page.keyboard.type('1234')
  await staff.key('Enter')
  await staff.sees('照合の依頼を待っています')
}

/** Both pictures are drawn: then, and not before, they can be told the same or different. */
async function seesBoth(staff: Person): Promise<void> {
  await staff.sees('同じ人か、見比べてください')
  await staff.page.locator('.actions button:not([data-disabled])').nth(2).waitFor()
}

/** What the backend wrote down about faces, the newest first. */
const records = () =>
  world.backend.parts.store.all<{ result: string; operator: string | null }>(
    "SELECT result, operator FROM audit WHERE procedure_name = 'reset.sign.face' ORDER BY id DESC",
  )

test('the same person: the phone goes on, and who decided is on record', async () => {
  await withStaff(async (staff) => {
    await signsIn(staff)
    await withPhone(async (phone) => {
      await reserves(phone, world)
      await phone.sees('お顔を確かめています')
      await phone.reads('係員が、カードの写真と見比べています。')
      await seesBoth(staff)
      const drawn = await staff.page.evaluate(
        '[...document.querySelectorAll("canvas")].map((one) => [one.width, one.height])',
      )
      assert.deepEqual(drawn, [
        [800, 1000],
        [800, 1000],
      ])
      await staff.key('F1')
      await phone.sees('予約しました')
      await staff.sees('照合の依頼を待っています')
      await staff.reads('「同一人物」と決めました')
      assert.equal(await staff.page.locator('canvas, img').count(), 0, 'no picture stays on the page')
      await phone.presses('閉じる')
    })
  })
  assert.deepEqual(
    { ...(await records())[0] },
    { result: 'matched by visualCheck demo-staff-1', operator: 'demo-staff-1' },
  )
})
