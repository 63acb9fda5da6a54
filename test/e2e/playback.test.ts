/**
 * Spoken guidance as it is heard in a browser without any voice: recordings one after the other, and a chime in the place of what is
 * missing, broken, late or not allowed. The recordings are waves made here: what a browser plays is what lies in the file, whatever its
 * name ends with.
 */
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { openDoor } from '../../apps/browser-host/door.ts'
import { buildRenderer } from '../../apps/terminal/build.ts'
import { announcementOf } from '../../apps/terminal/renderer/shared/announce.ts'
import { hostCalls, hostListens } from '../../src/wire/host-api.ts'
import type { Service } from '../../src/wire/serve.ts'
import type { Screen, View } from '../../src/wire/view.ts'
import { root } from '../house/tree.ts'
import { openBrowser } from './browser.ts'
import type { Gallery } from './gallery.ts'
import { kioskGallery, PLACE } from './views.ts'

/** A tone as a RIFF WAVE of 8 kHz, 8 bits, one channel. Each is another one: a build keeps equal files once. */
function wave(seconds: number, hertz: number): Buffer {
  const samples = Buffer.from(
    Array.from({ length: seconds * 8000 }, (_, i) => 128 + Math.round(20 * Math.sin((i * hertz * Math.PI) / 4000))),
  )
  const head = Buffer.alloc(44)
  head.write('RIFF....WAVEfmt ....', 'latin1')
  head.writeUInt32LE(36 + samples.length, 4)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(8000, 24)
  head.writeUInt32LE(8000, 28)
  head.writeUInt16LE(1, 32)
  head.writeUInt16LE(8, 34)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(samples.length, 40)
  return Buffer.concat([head, samples])
}

const SHORT = [
  'ja/pin.auth',
  'easy/triesLeft-3',
  'easy/explainReset.title-auth',
  'easy/explainReset.next',
  'easy/enterPin.entered-1',
  'easy/enterPin.entered-2',
  'easy/takeCard.forgotten',
]
const LONG = ['easy/insertCard.title', 'easy/keepCard.title']
const RECORDED: ReadonlyMap<string, Buffer> = new Map([
  ...SHORT.map((name, i) => [name, wave(0.1, 300 + 10 * i)] as const),
  ...LONG.map((name, i) => [name, wave(20, 500 + 10 * i)] as const),
  ['easy/explainReset.why', Buffer.from('no sound at all')],
])

/** The screens, built with these recordings; the rest of the house is linked. */
async function build(): Promise<string> {
  const pages = join(folder, 'apps/terminal/renderer')
  const isSource = (path: string) => !/[\\/]renderer[\\/](dist(\.lock)?|shared[\\/]recordings)$/.test(path)
  cpSync(join(root, 'apps/terminal/renderer'), pages, { recursive: true, filter: isSource })
  const rooms = readdirSync(join(root, 'apps')).filter((room) => room !== 'terminal')
  for (const linked of ['src', 'node_modules', 'tsconfig.json', ...rooms.map((room) => `apps/${room}`)])
    symlinkSync(join(root, linked), join(folder, linked))
  for (const [name, sound] of RECORDED) {
    const file = join(pages, 'shared/recordings', `${name}.ogg`)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, sound)
  }
  await buildRenderer(pages)
  return join(pages, 'dist')
}

let folder: string
let files: string
let browser: Browser
let gallery: Gallery<View>
let page: Page
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'madoguchi-playback-'))
  files = await build()
  browser = await openBrowser(['--autoplay-policy=document-user-activation-required'])
  gallery = await kioskGallery(browser, '15', {}, files)
  page = gallery.watched.page
  await page.evaluate(LISTEN)
  assert.equal(await page.evaluate('speechSynthesis.getVoices().length'), 0, 'this browser has no voice')
  await speech(true)
  await hears(CHIME)
})
after(async () => {
  await gallery[Symbol.asyncDispose]()
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => forget())

/** Notes in the page what is heard, before the page itself hears of it. */
const LISTEN = `{
  globalThis.heard = []
  const nameOf = (url) => url.replace(/.*\\/(.*)-.{8}\\.ogg$/, '$1')
  globalThis.Audio = class extends Audio {
    constructor(url) {
      super(url)
      for (const event of ['playing', 'pause', 'ended', 'error'])
        this.addEventListener(event, () => {
          // What has ended or never begun is paused besides; that is no news.
          if (event !== 'pause' || (this.currentTime > 0 && !this.ended)) heard.push(nameOf(url) + ' ' + event)
        })
    }
    play() {
      const playing = super.play()
      playing.catch(({ name }) => name === 'NotAllowedError' && heard.push(nameOf(this.src) + ' refused'))
      return playing
    }
  }
  globalThis.AudioContext = class extends AudioContext {
    constructor() { super(); heard.push('chime') }
    close() { heard.push('chime over'); return super.close() }
  }
}`

/** The page's policy forbids what waits inside the page: it is asked from here. */
async function hears(expected: readonly string[], ask = () => page.evaluate<string[]>('heard')): Promise<void> {
  let heard: string[] = []
  for (const end = Date.now() + 6000; Date.now() < end && heard.length < expected.length; await delay(20))
    heard = await ask()
  assert.deepEqual(heard, expected)
}

const forget = () => page.evaluate('void heard.splice(0)')

async function speech(on: boolean): Promise<void> {
  await page.locator('.settings-button').click()
  await page.getByRole('radiogroup').nth(3).getByRole('radio').nth(Number(on)).press(' ')
  await page.locator('.dialog .close').click()
}

const ENTER = { kind: 'enterPin', pin: 'auth', purpose: 'current', triesLeft: 3 } as const
const RESET = { kind: 'explainReset', pin: 'auth' } as const
const played = (id: string) => [`${id} playing`, `${id} ended`]
const CHIME = ['chime', 'chime over']
/** Its second sentence is a broken file, the third is missing. */
const RESET_HEARD = [
  ...played('explainReset.title-auth'),
  'explainReset.why error',
  ...CHIME,
  ...played('explainReset.next'),
]
const idsOf = (view: View) => announcementOf(view, 'ja').map(({ id }) => id)

test('each recording is played to its end, one after the other; a chime stands for the one that is missing', async () => {
  assert.deepEqual(idsOf(ENTER), ['pin.auth', 'enterPin.current', 'triesLeft-3'])
  await gallery.show(ENTER)
  await hears([...played('pin.auth'), ...CHIME, ...played('triesLeft-3')])
})

test('keys of a PIN: how many there are is heard, never which (F05, EN 301 549 5.1)', async () => {
  for (const [i, key] of ['7', '2'].entries()) {
    await page.keyboard.press(key)
    await hears(played(`enterPin.entered-${i + 1}`))
    await forget()
  }
})

test('a file that cannot be played is a chime too, and one chime serves for what is missing beside it', async () => {
  const ids = ['explainReset.title-auth', 'explainReset.why', 'explainReset.care', 'explainReset.next']
  assert.deepEqual(idsOf(RESET), ids)
  await gallery.show(RESET)
  await hears(RESET_HEARD)
})

test('a file that never comes is not waited for', async () => {
  await page.route('**/pin.auth-*.ogg', () => {})
  await gallery.show(ENTER)
  await hears([...CHIME, ...played('triesLeft-3')])
  await page.unrouteAll({ behavior: 'ignoreErrors' })
})

test('what a browser may not play is passed over at once', async () => {
  await page.evaluate(`{
    globalThis.allowed = HTMLMediaElement.prototype.play
    HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('', 'NotAllowedError'))
  }`)
  const begin = Date.now()
  await gallery.show(ENTER)
  await hears(['pin.auth refused', ...CHIME, 'triesLeft-3 refused'])
  assert.ok(Date.now() - begin < 3000, 'sooner than the patience ends that a silent file is given')
  await page.evaluate('HTMLMediaElement.prototype.play = allowed')
})

test('a voice of the machine comes first; where it fails, the recordings are played', async () => {
  await page.evaluate(`{
    const events = ['start', 'error']
    speechSynthesis.getVoices = () => [{ lang: 'ja-JP' }]
    speechSynthesis.speak = (utterance) => {
      heard.push('voice: ' + utterance.text)
      const event = events.shift()
      setTimeout(() => utterance.dispatchEvent(new Event(event)))
    }
  }`)
  const voice = `voice: ${announcementOf(RESET, 'ja')
    .map(({ text }) => text)
    .join(' ')}`
  await gallery.show(RESET)
  await delay(300)
  await hears([voice])
  await forget()
  await gallery.show(RESET)
  await hears([voice, ...RESET_HEARD])
  await page.evaluate('delete speechSynthesis.getVoices, delete speechSynthesis.speak')
})

test('a new announcement hushes the one before, be it a chime; switched off, it is silent at once and stays so', async () => {
  await gallery.show({ kind: 'stillThere' })
  await hears(['chime'])
  await gallery.show({ kind: 'insertCard' })
  await hears([...CHIME, 'insertCard.title playing'])
  await forget()
  await gallery.show({ kind: 'keepCard', step: 0, steps: 1 })
  await hears(['insertCard.title pause', 'keepCard.title playing'])
  await forget()
  await speech(false)
  await hears(['keepCard.title pause'])
  await gallery.show(ENTER)
  await delay(500)
  await hears(['keepCard.title pause'])
})

test('a forgotten card calls by a chime and then by its sentence; a browser that allows no sound keeps nothing waiting', async () => {
  await gallery.show({ kind: 'takeCard', forgotten: true })
  await hears([...CHIME, ...played('takeCard.forgotten')])

  // A page that nobody has touched. What a test asks counts as a touch, but not by the protocol itself.
  const screen = { prompt: 1, view: { kind: 'takeCard', forgotten: true } as const }
  const door = await openDoor({ services: { '/host': showing(screen) }, files })
  const context = await browser.newContext()
  const untouched = await context.newPage()
  const protocol = await context.newCDPSession(untouched)
  const ask = async () => {
    const { result } = await protocol.send('Runtime.evaluate', { expression: 'heard', returnByValue: true })
    return result.value as string[]
  }
  try {
    await untouched.addInitScript(LISTEN)
    await untouched.goto(door.url('kiosk/'))
    await hears([...CHIME, 'takeCard.forgotten refused'], ask)
  } finally {
    await context.close()
    await door.close()
  }
})

const showing = (screen: Screen): Service => ({
  calls: { place: { input: hostCalls.place.input, handle: async () => PLACE } },
  listens: {
    screen: {
      input: hostListens.screen.input,
      async *handle(_, signal) {
        yield screen
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
      },
    },
  },
})
