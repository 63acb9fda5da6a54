/** What a command asks and what its answer says, from its header and lengths alone (ISO/IEC 7816-4, GlobalPlatform Card Specification). */
import type { SeenCommand } from '../../../browser-host/desk/desk-api.ts'
import type { DeskLanguage } from './words.ts'

type Both = readonly [japanese: string, english: string]
const pick = ([japanese, english]: Both, language: DeskLanguage): string => (language === 'ja' ? japanese : english)

const BY_INSTRUCTION: Readonly<Record<string, Both>> = {
  A4: ['ファイルを選ぶ', 'SELECT a file'],
  B0: ['データを読む', 'READ BINARY'],
  D6: ['データを書く', 'UPDATE BINARY'],
  '20': ['暗証番号を照合する', 'VERIFY a PIN'],
  '24': ['暗証番号を変える', 'CHANGE REFERENCE DATA'],
  '2C': ['暗証番号を再設定する', 'RESET RETRY COUNTER'],
  '2A': ['署名する', 'COMPUTE DIGITAL SIGNATURE'],
  '46': ['鍵を作る', 'GENERATE KEY PAIR'],
  '82': ['外部認証', 'EXTERNAL AUTHENTICATE'],
  '84': ['乱数をもらう', 'GET CHALLENGE'],
  '88': ['内部認証', 'INTERNAL AUTHENTICATE'],
  C0: ['続きを受け取る', 'GET RESPONSE'],
  CA: ['データを取り出す', 'GET DATA'],
  '50': ['安全な通信を始める', 'INITIALIZE UPDATE'],
  F2: ['状態を尋ねる', 'GET STATUS'],
  D8: ['鍵を入れる', 'PUT KEY'],
  E2: ['記録を加える', 'STORE DATA'],
  E4: ['消す', 'DELETE'],
  E6: ['入れる', 'INSTALL'],
  E8: ['読み込む', 'LOAD'],
}
const SELECT_APPLICATION: Both = ['アプリケーションを選ぶ', 'SELECT an application']
const TRIES: Both = ['残りの回数を読む', 'read the tries left']
const TO_READER: Both = ['リーダーへの命令', 'for the reader']
const UNKNOWN: Both = ['分からない命令', 'unknown command']

/** Without a body VERIFY spends no try: it only asks (ISO/IEC 7816-4, 11.5.6). */
const asksTries = (ins: string, commandLength: number): boolean => ins === '20' && commandLength <= 5

export function wentWell({ header, commandLength, sw = '' }: SeenCommand): boolean {
  return /^(9000|61..)$/.test(sw) || (asksTries(header.slice(2, 4), commandLength) && sw.startsWith('63C'))
}

export function meaningOf({ header, commandLength }: SeenCommand, language: DeskLanguage): string {
  const [cla, ins, p1] = [header.slice(0, 2), header.slice(2, 4), header.slice(4, 6)]
  if (cla === 'FF') return pick(TO_READER, language)
  if (ins === 'A4' && p1 === '04') return pick(SELECT_APPLICATION, language)
  if (asksTries(ins, commandLength)) return pick(TRIES, language)
  return pick(BY_INSTRUCTION[ins] ?? UNKNOWN, language)
}

const BY_STATUS: Readonly<Record<string, Both>> = {
  '9000': ['できました', 'done'],
  '6983': ['ロックされています', 'blocked'],
  '6982': ['許されていません', 'not allowed yet'],
  '6985': ['いまはできません', 'not now'],
  '6984': ['使えないデータです', 'unusable data'],
  '6A82': ['ありません', 'not there'],
  '6A88': ['ありません', 'not there'],
  '6A86': ['P1・P2 が違います', 'wrong P1 P2'],
  '6A80': ['データが違います', 'wrong data'],
  '6700': ['長さが違います', 'wrong length'],
  '6D00': ['知らない命令です', 'unknown instruction'],
  '6E00': ['知らない種類です', 'unknown class'],
}
const NO_ANSWER: Both = ['答えがありません', 'no answer']

export function answerMeaning({ sw }: SeenCommand, language: DeskLanguage): string {
  if (sw === undefined) return pick(NO_ANSWER, language)
  const tries = /^63C([0-9A-F])$/.exec(sw)?.[1]
  if (tries !== undefined) {
    const left = Number.parseInt(tries, 16)
    return language === 'ja' ? `あと${left}回` : left === 1 ? '1 try left' : `${left} tries left`
  }
  if (sw.startsWith('61')) return pick(['続きがあります', 'more to come'], language)
  if (sw.startsWith('6C')) return pick(['長さを直してください', 'ask with another length'], language)
  return BY_STATUS[sw] === undefined ? '' : pick(BY_STATUS[sw], language)
}
