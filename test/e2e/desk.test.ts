/** The desk: cards laid and taken, by button, keyboard and drag; trouble on demand; commands in words. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openBrowser, watchPage } from './browser.ts'
import { Kiosk, READER } from './kiosk.ts'

let browser: Browser
before(async () => {
  browser = await openBrowser()
})
after(() => browser.close())

async function withDesk(
  locale: string,
  look: (kiosk: Kiosk, desk: Awaited<ReturnType<typeof watchPage>>) => Promise<void>,
) {
  await using kiosk = await Kiosk.open(browser)
  const context = await browser.newContext({ locale })
  const desk = await watchPage(context, kiosk.terminal.door.url('desk/'), '15')
  await look(kiosk, desk)
  assert.deepEqual(desk.complaints, [])
  await context.close()
}

test('a card is laid by button and taken by keyboard; the kiosk sees both', () =>
  withDesk('ja-JP', async (kiosk, { page }) => {
    await kiosk.presses(/暗証番号の状態を見る/)
    await kiosk.sees('マイナンバーカードを置いてください')
    await page.getByRole('combobox', { name: `${READER} に置くカード` }).selectOption('resident')
    await page.getByRole('button', { name: '置く', exact: true }).click()
    await kiosk.sees('暗証番号の状態')
    await page.getByText(`${READER} にあります`).waitFor()
    await kiosk.presses('終わる')
    await kiosk.sees('カードをお取りください')
    await page.getByRole('button', { name: '取る: 番号 花子' }).focus()
    await page.keyboard.press('Enter')
    await kiosk.sees('ご希望の手続きを選んでください')
  }))

test('a card is dragged to the reader, another takes its place', () =>
  withDesk('en-GB', async (kiosk, { page }) => {
    const slot = page.getByRole('article', { name: READER })
    await page.locator('.cards [data-card=resident]').dragTo(slot.locator('.slot'))
    await slot.locator('[data-card=resident]').waitFor()
    await page.locator('.cards [data-card=child]').dragTo(slot.locator('.slot'))
    await slot.locator('[data-card=child]').waitFor()
    assert.equal(kiosk.terminal.desk.state.readers[0]?.card, 'child')
  }))

test('commands appear in words, and never their bodies', () =>
  withDesk('en-GB', async (kiosk, { page, received }) => {
    await kiosk.lay('resident')
    await kiosk.changes(/^利用者証明用/, '9999', '8024', '8024')
    await page.getByRole('cell', { name: 'VERIFY a PIN' }).waitFor()
    await page.getByRole('cell', { name: '2 tries left' }).first().waitFor()
    await kiosk.enters('1234')
    await page.getByRole('cell', { name: 'CHANGE REFERENCE DATA' }).waitFor()
    for (const pin of ['1234', '8024']) {
      const bytes = Buffer.from(pin).toString('hex')
      assert.ok(!received.some((packet) => packet.includes(bytes)), pin)
    }
    await page.getByRole('button', { name: 'Clear the list' }).click()
    await page.getByText('Commands appear here').waitFor()
  }))

test('trouble on demand: pulled at the next command, power lost in a write; a remembered card goes back', () =>
  withDesk('en-GB', async (kiosk, { page }) => {
    const slot = page.getByRole('article', { name: READER })
    await kiosk.lay('resident')
    await slot.getByRole('button', { name: 'Remember as it is' }).click()
    const cut = slot.getByRole('button', { name: 'Cut power at the next write' })
    await cut.click()
    await page.locator('[aria-pressed=true]', { hasText: 'Cut power' }).waitFor()
    await kiosk.changes(/^利用者証明用/, '1234', '8024', '8024')
    await page.locator('[aria-pressed=false]', { hasText: 'Cut power' }).waitFor()
    await kiosk.presses('閉じる')
    await slot.getByRole('button', { name: 'Take away: 番号 花子' }).click()

    await kiosk.lay('resident')
    await kiosk.changes(/^利用者証明用/, kiosk.takesAuthPin('8024') ? '8024' : '1234', '7531', '7531')
    await kiosk.sees('暗証番号を変えました')
    assert.ok(kiosk.takesAuthPin('7531'))
    await kiosk.presses('閉じる')
    await slot.getByRole('button', { name: 'Go back to that' }).click()
    await page.waitForTimeout(100)
    assert.ok(kiosk.takesAuthPin('1234'))
    await slot.getByRole('button', { name: 'Pull at the next command' }).click()
    await page.locator('[aria-pressed=true]', { hasText: 'Pull at' }).waitFor()
    await kiosk.readers.service
      .connect(READER, 'shared')
      .then((card) => card.transmit(Uint8Array.of(0, 0xa4, 0, 0)).catch(() => {}))
    await slot.getByText('No card').waitFor()
  }))

test('what was planned is called off: the card is written to as if nothing had been planned', () =>
  withDesk('en-GB', async (kiosk, { page }) => {
    const slot = page.getByRole('article', { name: READER })
    await kiosk.lay('resident')
    for (const name of ['Cut power at the next write', 'Pull at the next command']) {
      await slot.getByRole('button', { name }).click()
      await page.locator('[aria-pressed=true]', { hasText: name }).waitFor()
      await slot.getByRole('button', { name }).click()
      await page.locator('[aria-pressed=false]', { hasText: name }).waitFor()
    }
    await kiosk.changes(/^利用者証明用/, '1234', '8024', '8024')
    await kiosk.sees('暗証番号を変えました')
  }))

test('a reader is unplugged and plugged in again; its card stays on the desk', () =>
  withDesk('en-GB', async (kiosk, { page }) => {
    const slot = page.getByRole('article', { name: READER })
    await kiosk.lay('resident')
    await slot.getByRole('button', { name: 'Unplug the reader' }).click()
    await slot.getByText('The reader is unplugged').waitFor()
    await assert.rejects(kiosk.lay('resident'), { code: 'noReader' })
    assert.deepEqual(kiosk.readers.names, [])
    await slot.getByRole('button', { name: 'Unplug the reader' }).click()
    await slot.getByText('No card').waitFor()
    await kiosk.lay('resident')
    await slot.locator('[data-card=resident]').waitFor()
  }))

test('axe has nothing to say against the desk, in both languages', () =>
  withDesk('ja-JP', async (kiosk, { page }) => {
    await kiosk.lay('resident')
    await kiosk.presses(/暗証番号の状態を見る/)
    await page.getByRole('cell', { name: '残りの回数を読む' }).first().waitFor()
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
    for (const next of ['English', '日本語']) {
      const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
        'axe.run()',
      )
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
        [],
      )
      await page.getByRole('button', { name: next }).click()
    }
  }))
