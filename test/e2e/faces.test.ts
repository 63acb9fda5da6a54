/** The visual check (目視) in the browser: a resident at the phone page, a member of staff at theirs, both pictures between them. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openSimulatedTerminal, type SimulatedTerminal } from '../../apps/browser-host/simulated-terminal.ts'
import type { Comparing } from '../../apps/faces/comparing.ts'
import { engineFace } from '../../apps/faces/engine.ts'
import { type TestReaders, virtualReaders } from '../../apps/testkit/testkit.ts'
import { openWorld, type World } from '../../apps/world/world.ts'
import { engineServer, json } from '../faces/engine-server.ts'
import { loadAxe, violations } from './axe.ts'
import { OFFICE, type OfficeScreen, openBrowser, watchPage } from './browser.ts'
import { daytime } from './daytime.ts'
import { MEASURE, type Measured } from './measure.ts'
import { Person } from './person.ts'
import { onPhone, reserves } from './phone.ts'

const [KIOSK, PHONE, FACES] = ['Kiosk', 'Phone', 'Faces']
const STAFF = 'demo-staff-1'

let browser: Browser
let world: World
let readers: TestReaders
let terminal: SimulatedTerminal
before(async () => {
  world = await openWorld({ clock: daytime() })
  browser = await openBrowser()
})
beforeEach(() => compares({ staffReader: FACES }))

/** Opens a phone anew that compares faces so. */
async function compares(face: Comparing): Promise<void> {
  await terminal?.close()
  await readers?.close()
  readers = await virtualReaders({ [KIOSK]: null, [PHONE]: null, [FACES]: null })
  terminal = await openSimulatedTerminal({ readers, reader: KIOSK, phone: { reader: PHONE, face }, world })
  await terminal.desk.lay('signBlocked', PHONE)
}

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
async function signsIn(staff: Person, then: string | RegExp = '照合の依頼を待っています'): Promise<void> {
  await terminal.desk.lay(STAFF, FACES)
  await staff.sees('職員カードの暗証番号を入力してください')
  await staff.page.keyboard.type('1234')
  await staff.key('Enter')
  await staff.sees(then)
}

/** Both pictures are drawn: then, and not before, they can be told the same or different. */
async function seesBoth(staff: Person): Promise<void> {
  await staff.sees('同じ人か、見比べてください')
  await staff.page.locator('.actions button:not([data-disabled])').nth(2).waitFor()
}

async function prefers({ page }: Person, language: string, contrast: boolean): Promise<void> {
  await page.locator('.settings-button').click()
  const groups = page.locator('.dialog').getByRole('radiogroup')
  await groups.nth(0).getByText(language, { exact: true }).click()
  await groups.nth(2).getByRole('radio').nth(Number(contrast)).press(' ')
  await page.locator('.dialog .close').click()
  await page.locator(`html[data-contrast="${contrast ? 'high' : 'normal'}"]`).waitFor()
}

/** Of each picture: does it have more than one colour? */
const coloursOf = ({ page }: Person) =>
  page.evaluate<boolean[]>(`[...document.querySelectorAll('canvas')].map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    return new Set(data.filter((_, i) => i % 4 === 1)).size > 1
  })`)

/** How far both frames were moved down; 0 while they differ. */
const MOVED_TOGETHER = `(() => {
  const [one, other] = document.querySelectorAll('.face-frame')
  return one.scrollTop === other.scrollTop ? one.scrollTop : 0
})()`

const SEEN_WHOLE = `[...document.querySelectorAll('.face-picture')].every((picture) => {
  const [{ top, bottom }, bar] = [picture.getBoundingClientRect(), document.querySelector('.bar').getBoundingClientRect()]
  return top > 0 && bottom <= bar.top
})`

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
      assert.match(await staff.page.title(), /^\(1\) /)
      for (const name of ['カードの写真', 'いま撮影した顔'])
        assert.equal(await staff.page.getByRole('img', { name }).count(), 1, name)
      assert.deepEqual(await coloursOf(staff), [true, true], 'both are drawn, and are not one colour')
      await staff.key('F1')
      await phone.sees('予約しました')
      await staff.sees('照合の依頼を待っています')
      await staff.reads('「同一人物」と決めました')
      assert.equal(await staff.page.locator('canvas, img').count(), 0, 'no picture stays on the page')
      await phone.presses('閉じる')
    })
  })
  assert.deepEqual({ ...(await records())[0] }, { result: `matched by visualCheck ${STAFF}`, operator: STAFF })
})

test('another person: no reservation, the resident is told, and who decided is on record', async () => {
  await withStaff(async (staff) => {
    await signsIn(staff)
    await withPhone(async (phone) => {
      await reserves(phone, world)
      await seesBoth(staff)
      await staff.presses(/^別人/)
      await phone.sees('顔とカードの写真が一致しませんでした。')
      await staff.reads('「別人」と決めました')
      await phone.presses('閉じる')
    })
  })
  assert.deepEqual({ ...(await records())[0] }, { result: `not matched by visualCheck ${STAFF}`, operator: STAFF })
})

test('what cannot be told refuses nobody: the resident tries again, and then it goes on', async () => {
  const before = (await records()).length
  await withStaff(async (staff) => {
    await signsIn(staff)
    await withPhone(async (phone) => {
      await reserves(phone, world)
      await seesBoth(staff)
      await staff.key('F3')
      await phone.sees('いま顔の照合ができません。')
      await phone.presses('閉じる')
      assert.equal((await records()).length, before + 1, 'this answer is on record too')
      assert.deepEqual({ ...(await records())[0] }, { result: `unclear by visualCheck ${STAFF}`, operator: STAFF })
      await terminal.desk.take(PHONE)
      await phone.sees('ご希望の手続きを選んでください')
      await terminal.desk.lay('signBlocked', PHONE)
      await reserves(phone, world)
      await seesBoth(staff)
      await staff.key('F1')
      await phone.sees('予約しました')
      await phone.presses('閉じる')
    })
  })
})

test('a resident who stops while somebody looks: the pictures are gone from the page, nothing is reserved', async () => {
  await withStaff(async (staff) => {
    await signsIn(staff)
    await withPhone(async (phone) => {
      await reserves(phone, world)
      await seesBoth(staff)
      await phone.presses('やめる')
      await staff.sees('照合の依頼を待っています')
      await staff.reads('決める前に終わりました')
      assert.equal(await staff.page.locator('canvas').count(), 0)
      await phone.page.getByText('次にすること').waitFor()
      await phone.presses('閉じる')
    })
  })
})

test('nobody signed in sees a picture; whoever waits is there for whoever signs in; a card pulled takes it away', async () => {
  await withStaff(async (staff) => {
    await withPhone(async (phone) => {
      await reserves(phone, world)
      await phone.sees('お顔を確かめています')
      await staff.sees('職員カードを置いてください')
      assert.equal(await staff.page.locator('canvas, img').count(), 0)
      assert.ok(!staff.watched.received.join('').includes('"look"'))
      await terminal.desk.lay(STAFF, FACES)
      await staff.sees('職員カードの暗証番号を入力してください')
      await staff.page.keyboard.type('1234')
      await staff.key('Enter')
      await seesBoth(staff)
      await terminal.desk.take(FACES)
      await staff.sees('職員カードを置いてください')
      assert.equal(await staff.page.locator('canvas, img').count(), 0, 'signed out: nothing of it stays')
      await signsIn(staff, /見比べてください/)
      await seesBoth(staff)
      await terminal.desk.take(PHONE)
      await staff.sees('照合の依頼を待っています')
      await staff.reads('決める前に終わりました')
      await phone.page.getByText('次にすること').waitFor()
      await phone.presses('閉じる')
    })
  })
})

test('by keyboard alone: signed in, looked at closely, decided, signed out', async () => {
  await withStaff(async (staff) => {
    await signsIn(staff)
    await withPhone(async (phone) => {
      await reserves(phone, world)
      await seesBoth(staff)
      const focused = () => staff.page.evaluate<string>('document.activeElement.tagName')
      assert.equal(await focused(), 'H1', 'a new look begins at its heading')
      await staff.page.getByRole('radio', { name: '1倍' }).focus()
      await staff.key('ArrowRight')
      await staff.key('ArrowRight')
      await staff.page.getByRole('radio', { name: '3倍', checked: true }).waitFor()
      // Both frames can be reached, and move together.
      await staff.page.getByRole('region', { name: 'カードの写真' }).focus()
      const middle = await staff.page.evaluate<number>("document.querySelector('.face-frame').scrollTop")
      assert.ok(middle > 0, 'closer to the middle, not to a corner')
      for (let i = 0; i < 5; i++) await staff.key('ArrowDown')
      await staff.page.waitForFunction(`${MOVED_TOGETHER} > ${middle}`)
      await staff.page.getByRole('button', { name: /^同一人物/ }).focus()
      await staff.key('Enter')
      await phone.sees('予約しました')
      await phone.presses('閉じる')
    })
    await staff.sees('照合の依頼を待っています')
    await staff.key('F10')
    await staff.sees('職員カードを置いてください')
  })
})

test('nothing of the pictures or the PIN stands in a message, an address, a store or a text of the page', async () => {
  await withStaff(async (staff) => {
    await signsIn(staff)
    await withPhone(async (phone) => {
      await reserves(phone, world)
      await seesBoth(staff)
      const html = await staff.page.evaluate<string>('document.documentElement.outerHTML')
      assert.ok(!/data:image|blob:|base64/.test(html))
      const kept = await staff.page.evaluate<number>(
        'localStorage.length + sessionStorage.length + performance.getEntriesByType("resource").filter(({ name }) => /blob:|data:/.test(name)).length',
      )
      assert.equal(kept, 0)
      const { sent, received } = staff.watched
      assert.ok(!sent.join('').includes('"1234"'))
      // A PNG and a JPEG came, beside frames that hold none of them.
      const beside = received.filter((packet) => /"value":\{\}\}./s.test(packet))
      assert.ok(
        beside.some((packet) => packet.includes('\u0089PNG')) && beside.some((packet) => packet.includes('JFIF')),
      )
      assert.ok(!received.some((packet) => /iVBORw0KGgo|\/9j\//.test(packet)), 'no base64 of a picture')
      await staff.key('F1')
      await phone.sees('予約しました')
      await phone.presses('閉じる')
    })
  })
})

test('an engine of somebody else’s decides: its reference is on record; one that breaks the contract refuses nobody', async () => {
  await using engine = await engineServer()
  await compares(engineFace({ address: engine.address }))
  await withPhone(async (phone) => {
    await reserves(phone, world)
    await phone.sees('予約しました')
    await phone.presses('閉じる')
  })
  const [newest] = await records()
  assert.match(newest?.result ?? '', /^matched by engine test-[0-9a-f]{8}$/)
  assert.equal(newest?.operator, '', 'nobody of the staff')

  await using wrong = await engineServer({ answer: (response) => json(response, { decision: 'same' }) })
  await compares(engineFace({ address: wrong.address }))
  const before = (await records()).length
  await withPhone(async (phone) => {
    await reserves(phone, world)
    await phone.sees('いま顔の照合ができません。')
    await phone.presses('閉じる')
  })
  assert.equal((await records()).length, before)
})

const LANGUAGES = ['日本語', 'やさしい にほんご', 'English']

for (const size of Object.keys(OFFICE) as OfficeScreen[])
  test(`${OFFICE[size].width} pixels: axe, targets and text of every screen, in every language, at 200 %, in high contrast`, async () => {
    await withStaff(async (staff) => {
      const { page } = staff
      await loadAxe(page)
      const looks = async (where: string) => {
        // Colours do not depend on the language.
        for (const language of LANGUAGES)
          for (const contrast of language === LANGUAGES[0] ? [false, true] : [false]) {
            await prefers(staff, language, contrast)
            const what = `${where}, ${language}, ${contrast ? 'high' : 'normal'} contrast`
            assert.deepEqual(await violations(page), [], what)
            for (const scale of ['1', '2']) {
              await page.evaluate(`document.documentElement.style.setProperty('--scale', '${scale}')`)
              judge(await page.evaluate<Measured>(MEASURE), `${what}, ×${scale}`)
            }
            await page.evaluate("document.documentElement.style.removeProperty('--scale')")
          }
        await prefers(staff, '日本語', false)
      }
      await looks('sign-in')
      await signsIn(staff)
      await looks('waiting')
      await withPhone(async (phone) => {
        await reserves(phone, world)
        await seesBoth(staff)
        assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1)
        assert.notEqual((await page.getByRole('status').first().textContent())?.trim(), '')
        const whole = await page.evaluate<boolean>(SEEN_WHOLE)
        assert.ok(whole, 'both pictures are seen whole, above what is decided')
        await looks('both pictures')
        await staff.key('F1')
        await phone.sees('予約しました')
        await phone.presses('閉じる')
      })
    }, size)
  })

function judge({ targets, tooWide, cut }: Measured, where: string): void {
  const small = targets.filter(({ width, height }) => Math.min(width, height) < 43.9)
  assert.deepEqual(small, [], `${where}: targets are at least 44 px`)
  assert.deepEqual(
    targets.filter(({ clipped }) => clipped),
    [],
    `${where}: no button is clipped`,
  )
  assert.ok(tooWide <= 1, `${where}: no horizontal scrolling (${tooWide} px)`)
  assert.deepEqual(cut, [], `${where}: no text is cut`)
}
