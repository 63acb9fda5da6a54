/** Every screen of a resident, in its widest form. The compiler finds a missing kind. */
import type { Browser } from 'playwright-core'
import { hostCalls, hostListens, type Place } from '../../src/wire/host-api.ts'
import type { PinStatus, View } from '../../src/wire/view.ts'
import type { Panel } from './browser.ts'
import { Gallery } from './gallery.ts'

const PINS: PinStatus[] = [
  { pin: 'sign', state: 'blocked', triesLeft: 0 },
  { pin: 'auth', state: 'good', triesLeft: 3 },
  { pin: 'text', state: 'good', triesLeft: 1 },
  { pin: 'juki', state: 'missing', triesLeft: 0 },
]

/** In its widest forms. */
const BY_KIND: { readonly [K in View['kind']]: readonly Extract<View, { kind: K }>[] } = {
  idle: [
    { kind: 'idle', procedures: ['pinStatus', 'signPinReset', 'authPinReset'] },
    { kind: 'idle', procedures: ['pinStatus', 'pinChange'] },
    { kind: 'idle', procedures: [] },
  ],
  insertCard: [{ kind: 'insertCard' }, { kind: 'insertCard', problem: 'predecessorCard' }],
  keepCard: [{ kind: 'keepCard', step: 1, steps: 1 }],
  choosePin: [{ kind: 'choosePin', pins: PINS }],
  enterPin: [
    { kind: 'enterPin', pin: 'text', purpose: 'current', triesLeft: 2, problem: 'wrong' },
    { kind: 'enterPin', pin: 'juki', purpose: 'new', problem: 'differs' },
    { kind: 'enterPin', pin: 'auth', purpose: 'new', alsoFor: ['text', 'juki'] },
    { kind: 'enterPin', pin: 'sign', purpose: 'current', triesLeft: 5 },
    { kind: 'enterPin', pin: 'sign', purpose: 'new', problem: 'weak' },
    { kind: 'enterPin', pin: 'juki', purpose: 'current', which: 'older', triesLeft: 3 },
    { kind: 'enterPin', pin: 'auth', purpose: 'prove', triesLeft: 3 },
  ],
  confirmLastTry: [{ kind: 'confirmLastTry', pin: 'text' }],
  samePin: [{ kind: 'samePin', pins: ['auth', 'text', 'juki'] }],
  pinStatus: [{ kind: 'pinStatus', pins: PINS }],
  explainReset: [{ kind: 'explainReset', pin: 'auth' }],
  enterCardFace: [{ kind: 'enterCardFace', problem: 'wrong' }],
  takePortrait: [{ kind: 'takePortrait' }],
  comparing: [
    { kind: 'comparing', how: 'visualCheck' },
    { kind: 'comparing', how: 'simulatedEngine' },
  ],
  stillThere: [{ kind: 'stillThere' }],
  waitForStaff: [{ kind: 'waitForStaff' }],
  takeCard: [
    { kind: 'takeCard', forgotten: false },
    { kind: 'takeCard', forgotten: true },
  ],
  done: [
    { kind: 'done', procedure: 'pinChange' },
    { kind: 'done', procedure: 'signPinReset', reference: '20261121-4F7A' },
    { kind: 'done', procedure: 'reserveSignReset', reference: '20261121-4F7A', until: Date.UTC(2026, 10, 22, 3) },
  ],
  failed: [
    { kind: 'failed', failure: 'pinBlocked' },
    { kind: 'failed', failure: 'cardGone' },
    { kind: 'failed', failure: 'cancelled' },
  ],
}
export const VIEWS: readonly View[] = Object.values(BY_KIND).flat()

export const PLACE: Place = { terminal: 'kiosk-7', place: '見本市 見本町1丁目店', keypad: 'telephone', receipts: true }

/** @param files the folder of the built faces, where it is another than everybody's */
export const kioskGallery = (
  browser: Browser,
  panel: Panel,
  place: Partial<Place> = {},
  files?: string,
): Promise<Gallery<View>> =>
  Gallery.open(browser, {
    page: 'kiosk/',
    channel: '/host',
    calls: hostCalls,
    answers: { place: { ...PLACE, ...place } },
    screen: hostListens.screen.input,
    first: BY_KIND.idle[0] as View,
    size: panel,
    ...(files === undefined ? {} : { files }),
  })

/** The other pages with a resident’s screens, and the kiosk’s among them; as upright as a phone where it is one. */
export async function residentGallery(
  browser: Browser,
  page: 'kiosk/' | 'resident/' | 'phone/',
): Promise<Gallery<View>> {
  const gallery = await Gallery.open(browser, {
    page,
    channel: page === 'kiosk/' ? '/host' : page === 'resident/' ? '/resident' : '/phone',
    calls: hostCalls,
    answers: { place: PLACE },
    screen: hostListens.screen.input,
    first: BY_KIND.idle[0] as View,
    size: 'large',
  })
  if (page === 'phone/') await gallery.watched.page.setViewportSize({ width: 360, height: 640 })
  return gallery
}
