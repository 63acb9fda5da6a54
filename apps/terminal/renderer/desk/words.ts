/** The desk's words: for whoever tries, shows or tests the terminal. */
import { createContext, useContext } from 'react'
import type { Specimen } from '../../../browser-host/desk/desk-api.ts'

const JAPANESE = {
  title: '模擬カードの机',
  simulated: 'カードも人もすべて模擬です',
  kiosk: 'キオスクの画面を開く',
  other: 'English',
  cards: 'カード',
  cardsHow: 'リーダーへ引いていくか、ボタンで置きます。',
  readers: 'リーダー',
  empty: 'カードがありません',
  layOn: '{reader} に置く',
  take: '取る',
  lies: '{reader} にあります',
  pull: '次の命令で抜く',
  willBePulled: '次の命令で抜けます',
  cutPower: '次の書き込みで電源断',
  powerWillFail: '次の書き込みで電源が切れます',
  slow: '遅くする',
  slowNow: '遅くしています',
  remember: 'いまの状態を覚える',
  goBack: '覚えた状態に戻す',
  commands: '命令',
  commandsHow: '暗証番号などの中身は記録しません。',
  noCommands: 'カードに命令が届くと、ここに並びます。',
  clear: '一覧を消す',
  reader: 'リーダー',
  command: '命令',
  length: '長さ',
  meaning: '意味',
  answer: '答え',
  lost: 'つながりが切れました。起動し直してください。',
} as const
export type DeskKey = keyof typeof JAPANESE

const ENGLISH: Readonly<Record<DeskKey, string>> = {
  title: 'The desk of simulated cards',
  simulated: 'Every card and person here is simulated',
  kiosk: 'Open the kiosk',
  other: '日本語',
  cards: 'Cards',
  cardsHow: 'Drag one to a reader, or lay it there with a button.',
  readers: 'Readers',
  empty: 'No card',
  layOn: 'Lay on {reader}',
  take: 'Take away',
  lies: 'On {reader}',
  pull: 'Pull at the next command',
  willBePulled: 'Pulled at the next command',
  cutPower: 'Cut power at the next write',
  powerWillFail: 'Loses power at the next write',
  slow: 'Slow down',
  slowNow: 'Slow',
  remember: 'Remember as it is',
  goBack: 'Go back to that',
  commands: 'Commands',
  commandsHow: 'Bodies – PINs and the like – are never kept.',
  noCommands: 'Commands appear here as they reach a card.',
  clear: 'Clear the list',
  reader: 'Reader',
  command: 'Command',
  length: 'Length',
  meaning: 'Meaning',
  answer: 'Answer',
  lost: 'The connection is lost. Please start the program again.',
}

export const DESK_WORDS = { ja: JAPANESE, en: ENGLISH } as const
export type DeskLanguage = keyof typeof DESK_WORDS

export const SPECIMEN_WORDS: Readonly<
  Record<DeskLanguage, Readonly<Record<Specimen, readonly [name: string, note: string]>>>
> = {
  ja: {
    resident: ['番号 花子', '大人。すべて有効'],
    child: ['番号 太郎', '8歳くらい。署名用がない'],
    blocked: ['ロック', '4つの暗証番号がすべてロック'],
    expired: ['期限切れ', 'カードも証明書も期限切れ'],
    factory: ['交付前', '証明書も暗証番号もまだない'],
  },
  en: {
    resident: ['番号 花子 (Hanako)', 'An adult, everything valid'],
    child: ['番号 太郎 (Taro)', 'About eight, no sign certificate'],
    blocked: ['Blocked', 'All four PINs are blocked'],
    expired: ['Expired', 'Card and certificates have expired'],
    factory: ['Not yet issued', 'No certificates, no PINs'],
  },
}

export const DeskLanguageContext = createContext<DeskLanguage>('ja')

export function useDeskWords(): (key: DeskKey, reader?: string) => string {
  const words = DESK_WORDS[useContext(DeskLanguageContext)]
  return (key, reader = '') => words[key].replace('{reader}', reader)
}
