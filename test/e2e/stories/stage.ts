/** Where the stories are played: one browser and one town to copy for each, and a look at the end whether it came to what it says. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openWorld, type World } from '../../../apps/world/world.ts'
import { Line } from '../../host/broken-line.ts'
import { openBrowser, type WatchedPage } from '../browser.ts'
import { daytime } from '../daytime.ts'
import { Kiosk } from '../kiosk.ts'
import { Town } from '../town.ts'
import { withHandset } from './handset.ts'
import { COUNTER_SIZES, type Event, type Place, type Story } from './story.ts'

/** Registers a test for every story. One after another: they share a clock. */
export function play(stories: readonly Story[]): void {
  let browser: Browser
  let mould: World
  const day = daytime()
  const clock = { ahead: 0, now: () => day.now() + clock.ahead }
  before(async () => {
    mould = await openWorld({ clock })
    browser = await openBrowser()
  })
  after(async () => {
    await browser?.close()
    await mould?.close()
  })

  async function inTown(work: (place: Place) => Promise<void>): Promise<void> {
    await using world = await mould.fork()
    const line = new Line(world.line)
    Object.defineProperty(world, 'line', { value: line.port })
    try {
      await work({ world, line, clock })
    } finally {
      clock.ahead = 0
    }
  }

  async function tell(story: Story): Promise<void> {
    const { patience } = story
    if (story.face === 'counter')
      return await inTown(async (place) => {
        await using town = await Town.open(browser, place.world, undefined, patience)
        const { office, panel } = COUNTER_SIZES[story.size]
        const sides = await town.counter(office, panel)
        await story.go(town, sides, place)
        mustHaveCome(story, sides.staff.watched, sides.resident.watched)
      })
    if (story.face === 'phone')
      return await inTown((place) =>
        withHandset(browser, story, place.world, async (phone) => {
          await story.go(phone, place)
          mustHaveCome(story, phone.watched)
        }),
      )
    if (story.alone === true) {
      await using kiosk = await Kiosk.open(browser, story.size, patience)
      await story.go(kiosk)
      return mustHaveCome(story, kiosk.watched)
    }
    await inTown(async (place) => {
      await using kiosk = await Kiosk.open(browser, story.size, patience, { world: place.world, role: story.role })
      await story.go(kiosk, place)
      mustHaveCome(story, kiosk.watched)
    })
  }

  for (const story of stories) test(`${story.face} (${story.size}): ${story.what}`, () => tell(story))
}

/** What a story says it comes to has come: each procedure begun by a button, and its end told on every screen of the face, in this order. */
function mustHaveCome({ comesTo }: Story, first: WatchedPage, second?: WatchedPage): void {
  const begun = [...first.sent.join().matchAll(/"name":"start","input":\{"procedure":"(\w+)"/g)].map(([, name]) => name)
  const mustBegin = comesTo.filter(({ ending }) => !ending.startsWith('hindered'))
  assert.deepEqual(
    begun,
    mustBegin.map(({ procedure }) => procedure),
    'begun by buttons',
  )
  for (const screen of second === undefined ? [first] : [first, second]) {
    const crossed = screen.received.join()
    let at = 0
    for (const event of comesTo) {
      const told = sentence(event, screen === first && second !== undefined)
      if (told === undefined) continue
      const found = crossed.indexOf(told, at)
      assert.ok(found >= 0, `a screen was told ${told}, and after what came before it`)
      at = found + told.length
    }
  }
}

/** As it crosses to a screen. Staff alone are told of hindrances, the resident alone sees what there is to see. */
function sentence({ procedure, ending }: Event, ofStaff: boolean): string | undefined {
  const [, hindrance] = ending.split('hindered: ')
  if (hindrance !== undefined) return ofStaff ? `{"procedure":"${procedure}","hindrance":"${hindrance}"}` : undefined
  if (ending === 'seen') return ofStaff ? '"doing":"pinStatus"' : '"kind":"pinStatus"'
  return ending === 'done' ? `"kind":"done","procedure":"${procedure}"` : `"kind":"failed","failure":"${ending}"`
}
