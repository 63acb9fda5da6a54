/** A resident with a phone: the reservation app on a card that is laid on the phone's reader. */
import assert from 'node:assert/strict'
import type { Browser } from 'playwright-core'
import { SPECIMENS } from '../../apps/world/specimens.ts'
import type { World } from '../../apps/world/world.ts'
import { watchPage } from './browser.ts'
import { Person } from './person.ts'

export const SIZES = {
  small: { width: 360, height: 640 },
  middle: { width: 390, height: 844 },
  large: { width: 430, height: 932 },
} as const
export type PhoneSize = keyof typeof SIZES

export async function onPhone(
  browser: Browser,
  url: string,
  work: (phone: Person) => Promise<void>,
  size: PhoneSize = 'large',
): Promise<void> {
  const context = await browser.newContext({
    ...{ viewport: SIZES[size], hasTouch: true, isMobile: true, locale: 'ja-JP', reducedMotion: 'reduce' },
    permissions: ['camera'],
  })
  const watched = await watchPage(context, url, 'small')
  const phone = new Person(watched)
  await phone.sees('ご希望の手続きを選んでください')
  await work(phone)
  assert.deepEqual(watched.complaints, [], 'the browser had nothing to complain of')
  const sent = watched.sent.join('')
  assert.ok(!sent.includes('"1234"'), 'a PIN never stands in a message')
  await context.close()
}

/** What stands on the face of 見本 桜: 昭和47年4月15日, the last year of the card, the security code. */
export async function printedOn(world: World): Promise<string> {
  const sql = 'SELECT expires FROM card WHERE serial = ?'
  const row = await world.backend.parts.store.get<{ expires: string }>(sql, SPECIMENS.signBlocked.serial)
  return `470415${row?.expires.slice(0, 4)}1234`
}

/** From the first screen to the comparison, with the card of 見本 桜. */
export async function reserves(phone: Person, world: World): Promise<void> {
  await phone.presses(/署名用の暗証番号を忘れた/)
  await phone.sees(/利用者証明用の暗証番号を.*使って予約/s)
  await phone.presses('始める')
  await phone.sees(/利用者証明用の暗証番号を入力/)
  await phone.enters('1234')
  await phone.sees(/カードの表に書かれた数字/)
  await phone.enters(await printedOn(world))
  await phone.sees('お顔を撮影します')
  await phone.presses('撮影する')
}
