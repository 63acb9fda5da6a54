/** The people of an invented town, and a card for everything that can be the matter with one. Nobody here exists. */
import type { CardOverrides } from '../../applets-sim/factory/overrides.ts'
import type { ProfileName } from '../../applets-sim/factory/profiles.ts'
import type { Attributes } from '../../src/backend/cards/people.ts'

/** Where a card stands on its way to its holder (F04). */
export type Reached = 'dispatched' | 'setUp' | 'delivered'

export interface Specimen {
  readonly title: { readonly ja: string; readonly en: string }
  readonly person: Attributes
  /** Fifteen digits; also the card's serial in the backend. Chooses the keys, which no two cards may share (a test sees to it). */
  readonly serial: string
  readonly profile: ProfileName
  readonly reached: Reached
  readonly faceAuth?: true
  readonly changes?: CardOverrides
  /** What the register said after the card was delivered: ends certificates (F40). */
  readonly later?: 'moved'
}

const woman = { sex: '2', abroad: false } as const
const man = { sex: '1', abroad: false } as const
const NO_PINS = { auth: null, sign: null, text: null, juki: null } as const

export const SPECIMENS = {
  hanako: {
    title: { ja: '番号 花子（使っているカード）', en: 'in use' },
    person: {
      ...woman,
      ...{ name: '番号　花子', kana: 'バンゴウ　ハナコ', birth: '19890331', address: '東京都清瀬市見本町１－２－３' },
    },
    serial: '990000000000001',
    profile: 'resident',
    reached: 'delivered',
  },
  signBlocked: {
    title: { ja: '見本 桜（署名用がロック）', en: 'signature PIN blocked' },
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
    title: { ja: '見本 梅吉（利用者証明用がロック）', en: 'log-in PIN blocked' },
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
    title: { ja: '見本 竹代（すべてロック）', en: 'everything blocked' },
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
    title: { ja: '番号 次郎（子ども）', en: 'a child' },
    person: {
      ...man,
      ...{ name: '番号　次郎', kana: 'バンゴウ　ジロウ', birth: '20180503', address: '東京都清瀬市見本町１－２－３' },
    },
    serial: '990000000000003',
    profile: 'child',
    reached: 'delivered',
  },
  moved: {
    title: { ja: '見本 転子（引っ越して署名用が失効）', en: 'moved house: signature certificate revoked' },
    person: {
      ...woman,
      ...{ name: '見本　転子', kana: 'ミホン　テンコ', birth: '19950820', address: '東京都清瀬市見本町３－１' },
    },
    serial: '990000000000026',
    profile: 'resident',
    reached: 'delivered',
    later: 'moved',
  },
  face: {
    title: { ja: '見本 顔介（顔認証カード）', en: 'face-authentication card' },
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
    title: { ja: '見本 新太（交付前設定を待つ）', en: 'waits for its preparation' },
    person: {
      ...man,
      ...{ name: '見本　新太', kana: 'ミホン　アラタ', birth: '20000110', address: '東京都清瀬市見本町４－１' },
    },
    serial: '990000000000002',
    profile: 'factory',
    reached: 'dispatched',
  },
  prepared: {
    title: { ja: '見本 待子（受け取りを待つ）', en: 'waits for its holder' },
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
