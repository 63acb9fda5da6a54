/** A canary in the PIN: after a whole procedure it is nowhere but on the secret lane, and nothing of the person stays behind. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openBrowser } from './browser.ts'
import { Kiosk } from './kiosk.ts'

let browser: Browser
before(async () => {
  browser = await openBrowser()
})
after(() => browser.close())

const CURRENT = 'ABC123'
const NEXT = 'CANARY77X'

/** The JSON of a packet, without the secret that follows it. */
const frameOf = (packet: string): string =>
  packet.slice(4, 4 + Buffer.from(packet.slice(0, 4), 'latin1').readUInt32BE())

test('PINs are in no document, no frame, no storage, no address, no trace, no log', async (t) => {
  const logged: string[] = []
  for (const name of ['log', 'error', 'warn', 'info', 'debug'] as const)
    t.mock.method(console, name, (...args: unknown[]) => void logged.push(args.join(' ')))

  await using kiosk = await Kiosk.open(browser)
  const { page, watched } = kiosk
  const snapshots: string[] = []
  const snapshot = async () => snapshots.push(await page.content())
  await kiosk.lay('resident')
  await kiosk.presses(/暗証番号を変える/)
  await kiosk.presses(/^署名用/)
  for (const [heading, pin] of [
    [/いまの/, CURRENT],
    [/新しい暗証番号を入力/, NEXT],
    [/もう一度/, NEXT],
  ] as const) {
    await kiosk.sees(heading)
    await page.keyboard.type(pin)
    await snapshot()
    await page.keyboard.press('Enter')
  }
  await kiosk.sees('暗証番号を変えました')
  await snapshot()
  await kiosk.presses('閉じる')
  await kiosk.take()
  await kiosk.sees('ご希望の手続きを選んでください')
  await snapshot()

  const clean = (where: string, texts: readonly string[]) => {
    for (const text of texts)
      for (const secret of [CURRENT, NEXT, Buffer.from(NEXT).toString('hex'), Buffer.from(NEXT).toString('base64')])
        assert.ok(!text.includes(secret), `${where} holds ${secret}`)
  }
  clean('the document', snapshots)
  clean('a frame to the hall', watched.sent.map(frameOf))
  clean('a frame from the hall', watched.received)
  clean('the trace', [JSON.stringify(kiosk.readers.trace())])
  clean('a log', [...logged, ...watched.complaints])
  clean('the address', [page.url()])
  const kept = 'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state])'
  assert.equal(await page.evaluate<string>(kept), '[{},{},"",null]')
  assert.deepEqual(await page.evaluate<unknown[]>('indexedDB.databases()'), [])

  const beside = watched.sent.filter((packet) => packet.length > 4 + frameOf(packet).length)
  assert.equal(beside.length, 3, 'three PINs went by the secret lane')
  assert.ok(
    beside.some((packet) => packet.endsWith(NEXT)),
    'and the canary can be seen where it is',
  )
})

test('no screen tells who the card belongs to', async () => {
  await using kiosk = await Kiosk.open(browser)
  await kiosk.lay('resident')
  await kiosk.presses(/暗証番号の状態を見る/)
  await kiosk.sees('暗証番号の状態')
  const text = [await kiosk.page.content(), ...kiosk.watched.received].join('')
  for (const personal of ['花子', '990000000000001', '清瀬']) assert.ok(!text.includes(personal), personal)
})

test('a screen that loses its host says so, without words a technician would need', async () => {
  await using kiosk = await Kiosk.open(browser)
  await kiosk.sees('ご希望の手続きを選んでください')
  await kiosk.page.waitForLoadState('networkidle')
  await kiosk.terminal.door.close()
  await kiosk.page.getByRole('alert').getByText('端末とつながっていません').waitFor()
  await kiosk.page.evaluate('document.fonts.ready')
  // Letters that were not needed before are asked for in vain; the machine's own font has them.
  const others = kiosk.watched.complaints.splice(0).filter((text) => !/ERR_CONNECTION_(REFUSED|RESET)/.test(text))
  assert.deepEqual(others, [])
})
