/** The phone page (F21–F24): a reservation made with PIN, card and face, kept at a kiosk; and what stands in its way. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openSimulatedTerminal, type SimulatedTerminal } from '../../apps/browser-host/simulated-terminal.ts'
import { simulatedFace } from '../../apps/faces/simulated-face.ts'
import { type TestReaders, virtualReaders } from '../../apps/testkit/testkit.ts'
import { openWorld, type World } from '../../apps/world/world.ts'
import { takes } from '../procedures/terminal.ts'
import { loadAxe, violations } from './axe.ts'
import { openBrowser, watchPage } from './browser.ts'
import { daytime } from './daytime.ts'
import { Person } from './person.ts'
import { onPhone, type PhoneSize, printedOn, reserves } from './phone.ts'

const [KIOSK, PHONE] = ['Kiosk', 'Phone']
let browser: Browser
let world: World
let readers: TestReaders
let terminal: SimulatedTerminal
let matched = true
before(async () => {
  world = await openWorld({ clock: daytime() })
  readers = await virtualReaders({ [KIOSK]: null, [PHONE]: null })
  const face = {
    ...simulatedFace,
    compare: async (photo: Uint8Array, live: Uint8Array, signal: AbortSignal) => {
      assert.deepEqual([...live.subarray(0, 2)], [0xff, 0xd8], 'a JPEG picture')
      const found = await simulatedFace.compare(photo, live, signal)
      return found && { ...found, matched }
    },
  }
  terminal = await openSimulatedTerminal({ readers, reader: KIOSK, phone: { reader: PHONE, face }, world })
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await terminal?.close()
  await readers?.close()
  await world?.close()
})

const withPhone = (work: (phone: Person) => Promise<void>, size?: PhoneSize) =>
  onPhone(browser, terminal.door.url('phone/'), work, size)

test('reserved on the phone, done at the kiosk: a blocked signature PIN works again', async () => {
  await terminal.desk.lay('signBlocked', PHONE)
  await withPhone(async (phone) => {
    await reserves(phone, world)
    await phone.reads('模擬の照合です。')
    await phone.sees('予約しました')
    await phone.reads(/予約の期限/)
    await phone.presses('閉じる')
    await phone.sees('カードをお取りください')
    await terminal.desk.take(PHONE)
    await phone.sees('ご希望の手続きを選んでください')
    assert.equal(await phone.page.locator('video, img').count(), 0, 'no picture stays on the page')
  })
  await terminal.desk.lay('signBlocked', KIOSK)
  const context = await browser.newContext({ locale: 'ja-JP', reducedMotion: 'reduce' })
  const kiosk = new Person(await watchPage(context, terminal.door.url('kiosk/'), '15'))
  await kiosk.presses(/署名用の暗証番号を設定し直す/)
  await kiosk.sees(/利用者証明用の暗証番号を入力/)
  await kiosk.enters('1234')
  await kiosk.chooses(/署名用/, 'NEU456X')
  await kiosk.sees('署名用の暗証番号を設定しました')
  await kiosk.presses('閉じる')
  await terminal.desk.take(KIOSK)
  await context.close()
  assert.ok(takes(world.card('signBlocked'), 'sign', 'NEU456X'))
})

test('a face that does not match: no reservation, said as it is', async () => {
  await terminal.desk.lay('signBlocked', PHONE)
  matched = false
  try {
    await withPhone(async (phone) => {
      await reserves(phone, world)
      await phone.sees('顔とカードの写真が一致しませんでした。')
      await phone.presses('閉じる')
      await terminal.desk.take(PHONE)
    }, 'small')
  } finally {
    matched = true
  }
})

test('whom no kiosk can help hears it before any PIN: a child without the certificate, somebody who has moved', async () => {
  for (const card of ['child', 'moved'] as const) {
    await terminal.desk.lay(card, PHONE)
    await withPhone(async (phone) => {
      await phone.presses(/署名用の暗証番号を忘れた/)
      await phone.presses('始める')
      await phone.page.getByText('次にすること').waitFor()
      assert.equal(await phone.page.getByRole('button', { name: '決定' }).count(), 0)
      await phone.presses('閉じる')
      await terminal.desk.take(PHONE)
      await phone.sees('ご希望の手続きを選んでください')
    })
  }
})

test('a wrong PIN is told with the tries left; wrong numbers of the card are asked for again; a person stops', async () => {
  await terminal.desk.lay('hanako', PHONE)
  await withPhone(async (phone) => {
    await phone.presses(/署名用の暗証番号を忘れた/)
    await phone.presses('始める')
    await phone.enters('9999')
    await phone.reads('暗証番号が違います。')
    await phone.reads('あと2回入力できます')
    await phone.enters('1234')
    await phone.sees(/カードの表に書かれた数字/)
    await phone.enters('00000000000000')
    await phone.reads(/カードの数字と合いません/)
    await phone.presses('やめる')
    await phone.page.getByText('次にすること').waitFor()
    await phone.presses('閉じる')
    await terminal.desk.take(PHONE)
    await phone.sees('ご希望の手続きを選んでください')
  })
})

test('axe has nothing to say against any screen of a reservation, on a small phone', async () => {
  await terminal.desk.lay('signBlocked', PHONE)
  await withPhone(async (phone) => {
    await loadAxe(phone.page)
    const looks = async (heading: RegExp) => {
      await phone.sees(heading)
      assert.deepEqual(await violations(phone.page), [], heading.source)
      const wide = await phone.page.evaluate('document.documentElement.scrollWidth > innerWidth')
      assert.equal(wide, false, `${heading.source}: nothing runs out at the side`)
    }
    await looks(/ご希望の手続き/)
    await phone.presses(/署名用の暗証番号を忘れた/)
    await looks(/使って予約/)
    await phone.presses('始める')
    await looks(/利用者証明用の暗証番号を入力/)
    await phone.enters('1234')
    await looks(/カードの表に書かれた数字/)
    await phone.enters(await printedOn(world))
    await looks(/お顔を撮影します/)
    await phone.presses('撮影する')
    await looks(/予約しました/)
    await phone.presses('閉じる')
    await terminal.desk.take(PHONE)
  }, 'small')
})
