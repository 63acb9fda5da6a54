/** The people of an invented town, and a card for everything that can be the matter with one. Nobody here exists. */
import type { CardOverrides } from '../../applets-sim/factory/overrides.ts'
import type { ProfileName } from '../../applets-sim/factory/profiles.ts'
import type { Attributes } from '../../src/backend/cards/people.ts'

/** Where a card stands on its way to its holder (F04). */
export type Reached = 'dispatched' | 'setUp' | 'delivered'

/** What a card is called, and what is the matter with it. */
export type CardWords = Readonly<Record<'ja' | 'en', readonly [name: string, note: string]>>

export interface Specimen {
  readonly words: CardWords
  readonly person: Attributes
  /** Fifteen digits; also the card's serial in the backend. Chooses the keys, which no two cards may share (a test sees to it). */
  readonly serial: string
  readonly profile: ProfileName
  readonly reached: Reached
  readonly faceAuth?: true
  readonly changes?: CardOverrides
  /** What the register said after the card was delivered: ends certificates (F40). */
  readonly later?: 'moved'
  /** Delivered when the town was founded, six years ago: its certificates have run out, the card has not. */
  readonly early?: true
}

const woman = { sex: '2', abroad: false } as const
const man = { sex: '1', abroad: false } as const
const NO_PINS = { auth: null, sign: null, text: null, juki: null } as const

export const SPECIMENS = {
  hanako: {
    words: {
      ja: ['番号 花子', '使っているカード'],
      en: ['番号 花子 (Hanako)', 'In use'],
    },
    person: {
      ...woman,
      ...{ name: '番号　花子', kana: 'バンゴウ　ハナコ', birth: '19890331', address: '東京都清瀬市見本町１－２－３' },
    },
    serial: '990000000000001',
    profile: 'resident',
    reached: 'delivered',
  },
  signBlocked: {
    words: {
      ja: ['見本 桜', '署名用がロック'],
      en: ['見本 桜 (Sakura)', 'Signature PIN blocked'],
    },
    person: {
      ...woman,
      ...{ name: '見本　桜', kana: 'ミホン　サクラ', birth: '19720415', address: '東京都清瀬市見本町２－１' },
    },
    serial: '990000000000021',
    profile: 'resident',
    reached: 'delivered',
    changes: { tries: { sign: 0 } },
  },
  authBlocked: {
    words: {
      ja: ['見本 梅吉', '利用者証明用がロック'],
      en: ['見本 梅吉 (Umekichi)', 'Log-in PIN blocked'],
    },
    person: {
      ...man,
      ...{ name: '見本　梅吉', kana: 'ミホン　ウメキチ', birth: '19470203', address: '東京都清瀬市見本町２－２' },
    },
    serial: '990000000000024',
    profile: 'resident',
    reached: 'delivered',
    changes: { tries: { auth: 0 } },
  },
  allBlocked: {
    words: {
      ja: ['見本 竹代', 'すべてロック'],
      en: ['見本 竹代 (Takeyo)', 'Everything blocked'],
    },
    person: {
      ...woman,
      ...{ name: '見本　竹代', kana: 'ミホン　タケヨ', birth: '19560707', address: '東京都清瀬市見本町２－３' },
    },
    serial: '990000000000025',
    profile: 'blocked',
    reached: 'delivered',
    changes: { tries: { codeB: 0 } },
  },
  child: {
    words: {
      ja: ['番号 次郎', '子ども'],
      en: ['番号 次郎 (Jiro)', 'A child'],
    },
    person: {
      ...man,
      ...{ name: '番号　次郎', kana: 'バンゴウ　ジロウ', birth: '20180503', address: '東京都清瀬市見本町１－２－３' },
    },
    serial: '990000000000003',
    profile: 'child',
    reached: 'delivered',
  },
  moved: {
    words: {
      ja: ['見本 転子', '引っ越して署名用が失効'],
      en: ['見本 転子 (Tenko)', 'Moved house: signature certificate revoked'],
    },
    person: {
      ...woman,
      ...{ name: '見本　転子', kana: 'ミホン　テンコ', birth: '19950820', address: '東京都清瀬市見本町３－１' },
    },
    serial: '990000000000026',
    profile: 'resident',
    reached: 'delivered',
    later: 'moved',
  },
  expired: {
    words: {
      ja: ['見本 古都', '電子証明書の期限切れ'],
      en: ['見本 古都 (Koto)', 'Certificates have expired'],
    },
    person: {
      ...woman,
      ...{ name: '見本　古都', kana: 'ミホン　コト', birth: '19640612', address: '東京都清瀬市見本町３－３' },
    },
    serial: '990000000000030',
    profile: 'resident',
    reached: 'delivered',
    early: true,
  },
  face: {
    words: {
      ja: ['見本 顔介', '顔認証カード'],
      en: ['見本 顔介 (Gansuke)', 'Face-authentication card'],
    },
    person: {
      ...man,
      ...{ name: '見本　顔介', kana: 'ミホン　ガンスケ', birth: '19380911', address: '東京都清瀬市見本町３－２' },
    },
    serial: '990000000000027',
    profile: 'resident',
    reached: 'delivered',
    faceAuth: true,
    changes: { certificates: { sign: false }, pins: { sign: null }, tries: { auth: 0 } },
  },
  fresh: {
    words: {
      ja: ['見本 新太', '交付前設定を待つ'],
      en: ['見本 新太 (Arata)', 'Waits for its preparation'],
    },
    person: {
      ...man,
      ...{ name: '見本　新太', kana: 'ミホン　アラタ', birth: '20000110', address: '東京都清瀬市見本町４－１' },
    },
    serial: '990000000000002',
    profile: 'factory',
    reached: 'dispatched',
  },
  prepared: {
    words: {
      ja: ['見本 待子', '受け取りを待つ'],
      en: ['見本 待子 (Machiko)', 'Waits for its holder'],
    },
    person: {
      ...woman,
      ...{ name: '見本　待子', kana: 'ミホン　マチコ', birth: '19811123', address: '東京都清瀬市見本町４－２' },
    },
    serial: '990000000000028',
    profile: 'resident',
    reached: 'setUp',
    changes: { pins: NO_PINS },
  },
} as const satisfies Record<string, Specimen>

export type SpecimenName = keyof typeof SPECIMENS
export const SPECIMEN_NAMES = Object.keys(SPECIMENS) as readonly SpecimenName[]

/** Without a card of this town: who has the same reading and birthday as 番号 花子 (F58). */
export const TWIN: Attributes = {
  ...woman,
  ...{ name: '番号　華子', kana: 'バンゴウ　ハナコ', birth: '19890331', address: '東京都清瀬市見本町９－９' },
}
