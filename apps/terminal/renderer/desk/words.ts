/** The desk's words: for whoever tries, shows or tests the terminal. */
import { createContext, useContext } from 'react'

const JAPANESE = {
  title: '模擬カードの机',
  simulated: 'カードも人もすべて模擬です',
  kiosk: 'キオスク',
  counter: '窓口（職員）',
  resident: '窓口（住民）',
  phone: 'スマートフォン',
  faces: '顔の照合',
  diagnostics: '保守',
  other: 'English',
  cards: 'カード',
  cardsHow: 'リーダーへ引いていくか、リーダーの一覧から選びます。',
  readers: 'リーダー',
  empty: 'カードがありません',
  chooseCard: '{reader} に置くカード',
  layHere: '置く',
  unplugged: 'リーダーが外れています',
  unplug: 'リーダーを外す',
  take: '取る',
  lies: '{reader} にあります',
  pull: '次の命令で抜く',
  cutPower: '次の書き込みで電源断',
  slow: '遅くする',
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
  kiosk: 'Kiosk',
  counter: 'Counter (staff)',
  resident: 'Counter (resident)',
  phone: 'Phone',
  faces: 'Comparing faces',
  diagnostics: 'Maintenance',
  other: '日本語',
  cards: 'Cards',
  cardsHow: 'Drag one to a reader, or choose it from the reader’s list.',
  readers: 'Readers',
  empty: 'No card',
  chooseCard: 'Card for {reader}',
  layHere: 'Lay here',
  unplugged: 'The reader is unplugged',
  unplug: 'Unplug the reader',
  take: 'Take away',
  lies: 'On {reader}',
  pull: 'Pull at the next command',
  cutPower: 'Cut power at the next write',
  slow: 'Slow down',
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

export const DeskLanguageContext = createContext<DeskLanguage>('ja')

export function useDeskWords(): (key: DeskKey, reader?: string) => string {
  const words = DESK_WORDS[useContext(DeskLanguageContext)]
  return (key, reader = '') => words[key].replace('{reader}', reader)
}
