/** Every screen of staff, in its widest form. The compiler finds a missing kind. */
import type { Browser } from 'playwright-core'
import { staffCalls, staffListens } from '../../src/wire/staff-api.ts'
import type { Candidate, Glance, StaffView } from '../../src/wire/staff-view.ts'
import type { OfficeScreen } from './browser.ts'
import { Gallery } from './gallery.ts'

const GLANCE: Glance = {
  serial: 'AB12345678CD',
  state: 'delivered',
  expires: '20341121',
  faceAuth: true,
  applications: [
    { name: 'jpki', there: true },
    { name: 'visual', there: true },
    { name: 'text', there: true },
    { name: 'juki', there: true },
    { name: 'common', there: true },
    { name: 'licence', there: false },
  ],
  pins: [
    { pin: 'sign', state: 'blocked', triesLeft: 0 },
    { pin: 'auth', state: 'good', triesLeft: 3 },
    { pin: 'text', state: 'good', triesLeft: 1 },
    { pin: 'juki', state: 'missing', triesLeft: 0 },
  ],
  codeB: 0,
  certificates: [
    { kind: 'sign', notAfter: Date.UTC(2031, 2, 6, 15), state: 'revoked' },
    { kind: 'auth', notAfter: Date.UTC(2031, 2, 6, 15), state: 'active' },
    { kind: 'phoneSign', notAfter: Date.UTC(2031, 2, 6, 15), state: 'signed' },
    { kind: 'phoneAuth' },
  ],
  unfinished: 1,
  backend: 'good',
}

export const SOMEBODY: Candidate = {
  id: 'holder-1',
  municipality: '132217',
  name: '番号　花子',
  kana: 'バンゴウ　ハナコ',
  sex: '2',
  birth: '19850307',
  address: '東京都清瀬市中里五丁目八百四十二番地の一 見本住宅第三号棟一〇二号室',
}

const BY_KIND: { readonly [K in StaffView['kind']]: readonly Extract<StaffView, { kind: K }>[] } = {
  signIn: [{ kind: 'signIn' }, { kind: 'signIn', problem: 'staffCardEnded' }],
  counter: [
    {
      kind: 'counter',
      operator: '見本 一郎',
      procedures: [
        { procedure: 'pinStatus' },
        { procedure: 'pinChange' },
        { procedure: 'counterPinReset', hindrance: 'noPerson' },
        { procedure: 'preDelivery', hindrance: 'notForThisPlace' },
        { procedure: 'delivery', hindrance: 'cardState' },
      ],
      card: GLANCE,
      person: SOMEBODY,
    },
    {
      kind: 'counter',
      operator: '見本 一郎',
      procedures: [
        { procedure: 'pinStatus', hindrance: 'noCard' },
        { procedure: 'pinChange', hindrance: 'unknownCard' },
        { procedure: 'counterPinReset', hindrance: 'backendAway' },
        { procedure: 'delivery', hindrance: 'faceAuthCard' },
      ],
    },
    {
      kind: 'counter',
      operator: '見本 一郎',
      procedures: [{ procedure: 'delivery', hindrance: 'noPerson' }],
      card: { ...GLANCE, state: 'setUp' },
    },
    {
      kind: 'counter',
      operator: '見本 一郎',
      procedures: [{ procedure: 'pinStatus' }],
      card: { applications: [], pins: [], certificates: [], unfinished: 0, backend: 'away' },
      cardProblem: 'predecessorCard',
    },
  ],
  residentActs: [
    { kind: 'residentActs', procedure: 'counterPinReset', doing: 'enterPin' },
    { kind: 'residentActs', procedure: 'delivery', doing: 'somethingNew' },
  ],
  working: [{ kind: 'working', step: 1, steps: 3 }],
  staffPin: [
    { kind: 'staffPin', triesLeft: 2, who: 'operator', entry: 'screen', problem: 'wrong' },
    { kind: 'staffPin', triesLeft: 3, who: 'secondOperator', entry: 'reader' },
  ],
  confirmLastTry: [
    { kind: 'confirmLastTry', who: 'operator' },
    { kind: 'confirmLastTry', who: 'secondOperator' },
  ],
  search: [{ kind: 'search' }, { kind: 'search', problem: 'tooWeak' }, { kind: 'search', problem: 'nobody' }],
  candidates: [
    { kind: 'candidates', who: 'operator', secondLook: false, candidates: [SOMEBODY] },
    {
      kind: 'candidates',
      who: 'secondOperator',
      secondLook: true,
      problem: 'mismatch',
      candidates: [SOMEBODY, { ...SOMEBODY, id: 'holder-2', name: '番号　華子', address: '東京都見本区見本町1-1' }],
    },
  ],
  secondOperator: [
    { kind: 'secondOperator', step: 'come', problem: 'staffUnknown' },
    { kind: 'secondOperator', step: 'leave' },
  ],
  checkIdentity: [
    { kind: 'checkIdentity', purpose: 'delivery' },
    { kind: 'checkIdentity', purpose: 'pinReset', problem: 'faceOrProxy' },
  ],
  choosePinToReset: [{ kind: 'choosePinToReset', pins: GLANCE.pins, codeB: 0 }],
  selfTest: [
    {
      kind: 'selfTest',
      items: [
        { item: 'applicationsSelect', passed: true },
        { item: 'pinsVerify', passed: true },
        { item: 'certificatesGood', passed: true },
      ],
    },
    {
      kind: 'selfTest',
      items: [
        { item: 'applicationsSelect', passed: true },
        { item: 'pinsVerify', passed: true },
        { item: 'certificatesGood', passed: false, failed: ['sign', 'auth'] },
      ],
    },
  ],
  done: [
    { kind: 'done', procedure: 'pinChange' },
    { kind: 'done', procedure: 'counterPinReset', reference: '20261121-4F7A' },
  ],
  failed: [
    { kind: 'failed', failure: 'backendUnreachable', detail: 'writeAnnounced' },
    { kind: 'failed', failure: 'cardGone' },
    { kind: 'failed', failure: 'cancelled' },
  ],
}
export const STAFF_VIEWS: readonly StaffView[] = Object.values(BY_KIND).flat()

export const counterGallery = (browser: Browser, size: OfficeScreen): Promise<Gallery<StaffView>> =>
  Gallery.open(browser, {
    page: 'counter/',
    channel: '/staff',
    calls: staffCalls,
    screen: staffListens.screen.input,
    first: BY_KIND.signIn[0] as StaffView,
    size,
  })
