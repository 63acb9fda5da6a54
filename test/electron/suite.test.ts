/** The kiosk used by a person, in Electron where it is present; the runner is told, and neither of the two is skipped. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { READER, RUNNER, type Seat, takeSeat } from './seat.ts'

const heading = ({ page }: Seat, name: string | RegExp) =>
  page.getByRole('heading', { level: 1, name }).waitFor({ timeout: 5000 })

test(`row 2: the kiosk shows the state of the PINs, run in ${RUNNER}`, async (t) => {
  t.diagnostic(`runner: ${RUNNER}`)
  await using seat = await takeSeat()
  const { page, readers, complaints } = seat
  await heading(seat, 'ご希望の手続きを選んでください')
  await page.getByRole('button', { name: /暗証番号の状態を見る/ }).click()
  await heading(seat, 'マイナンバーカードを置いてください')
  await readers.insert(READER, 'resident')
  await heading(seat, '暗証番号の状態')
  await page.getByRole('button', { name: '終わる', exact: true }).click()
  await heading(seat, 'カードをお取りください')
  readers.remove(READER)
  await heading(seat, 'ご希望の手続きを選んでください')
  assert.deepEqual(complaints, [])
})

test(`row 7: an injected script, image or connection is blocked, run in ${RUNNER}`, async () => {
  await using seat = await takeSeat()
  const { page, complaints } = seat
  await heading(seat, 'ご希望の手続きを選んでください')
  assert.deepEqual(complaints, [])
  const blocked = await page.evaluate<string[]>(`new Promise((resolve) => {
    const seen = []
    document.addEventListener('securitypolicyviolation', (event) => {
      seen.push(event.effectiveDirective)
      if (seen.length === 3) resolve(seen.sort())
    })
    try { document.body.innerHTML = '<b>injected</b>' } catch {}
    const image = new Image()
    image.src = 'https://example.com/a.png'
    fetch('https://example.com/').catch(() => {})
    setTimeout(() => resolve(seen.sort()), 3000)
  })`)
  assert.deepEqual(blocked, ['connect-src', 'img-src', 'require-trusted-types-for'])
  assert.equal(await page.getByText('injected').count(), 0)
})

test(`row 10: a page has no Node, no Electron and no way to the main process, run in ${RUNNER}`, async () => {
  await using seat = await takeSeat()
  await heading(seat, 'ご希望の手続きを選んでください')
  const names = ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron', '__dirname']
  const found = await seat.page.evaluate<string[]>(`${JSON.stringify(names)}.filter((name) => name in globalThis)`)
  assert.deepEqual(found, [])
})
