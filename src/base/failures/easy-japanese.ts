/** The failure catalogue in easy Japanese (やさしい日本語): short, spaced, furigana as 漢字《かんじ》. */
import type { FailureWords } from './catalogue.ts'

const STAFF = '係《かかり》の 人《ひと》に 言《い》って ください。'
const AGAIN = 'はじめから もう一度《いちど》 して ください。'
const COUNTER = '市役所《しやくしょ》などの 窓口《まどぐち》へ 行《い》って ください。'
const PUT_AGAIN = 'カードを 取《と》って、もう一度《いちど》 置《お》いて ください。'
const USE_MY_NUMBER = 'マイナンバーカードを 置《お》いて ください。'

export const EASY_JAPANESE: FailureWords = {
  card: {
    untouched: 'カードは 変《か》わって いません。',
    trySpent: 'カードは だいじょうぶです。番号《ばんごう》を 1回《かい》 入《い》れました。',
    pinBlocked: 'カードは だいじょうぶです。この 番号《ばんごう》だけ 使《つか》えません。',
    unknown: 'カードが どうなったか わかりません。次《つぎ》に 使《つか》うとき、はじめに 調《しら》べます。',
    halfDone: 'カードは 使《つか》えます。2つの うち 1つだけ 変《か》わりました。',
    noCard: 'カードは 関係《かんけい》 ありません。',
  },
  call: {
    nobody: '',
    staff: `だめなときは、${STAFF}`,
    terminalKeeper: `だめなときは、${STAFF}`,
    municipality: COUNTER,
  },
  failures: {
    serviceDown: ['カードを 読《よ》む 機械《きかい》が 止《と》まって います。', STAFF],
    protocolMismatch: ['カードを 読《よ》む 機械《きかい》が 使《つか》えません。', STAFF],
    noRights: ['カードを 読《よ》む 機械《きかい》が 使《つか》えません。', STAFF],
    noReader: ['カードを 読《よ》む 機械《きかい》が ありません。', STAFF],
    readerGone: ['カードを 読《よ》む 機械《きかい》が 外《はず》れました。', STAFF],
    inUse: ['ほかの プログラムが カードを 使《つか》って います。', '少《すこ》し 待《ま》って ください。'],
    noCard: ['カードが ありません。', 'カードを 置《お》いて ください。'],
    cardGone: [
      'カードが 途中《とちゅう》で 動《うご》きました。',
      `${PUT_AGAIN}終《お》わるまで 動《うご》かさないで ください。`,
    ],
    mute: [
      'カードが 答《こた》えません。',
      'カードを ケースから 出《だ》して、もう一度《いちど》 置《お》いて ください。',
    ],
    cardReset: ['ほかの プログラムが カードを 使《つか》いました。', AGAIN],
    communication: ['カードを 読《よ》むことが できませんでした。', PUT_AGAIN],
    deadline: ['カードが 遅《おそ》くて 終《お》わりませんでした。', PUT_AGAIN],
    cancelled: ['やめました。', 'したいときは、はじめから して ください。'],
    idle: ['何《なに》も 押《お》さなかったので、終《お》わりました。', AGAIN],
    unexpected: ['機械《きかい》に わからないことが ありました。', STAFF],
    refused: ['カードが 「できない」と 言《い》いました。', STAFF],
    malformed: ['カードの 中《なか》が 読《よ》めません。', STAFF],
    applicationMissing: ['この カードでは できません。', COUNTER],
    applicationLocked: ['この カードは 止《と》まって います。', COUNTER],
    unknownCard: ['この カードは わかりません。', USE_MY_NUMBER],
    foreignCard: ['マイナンバーカードでは ありません。', USE_MY_NUMBER],
    predecessorCard: ['これは 古《ふる》い カード（住基《じゅうき》カード）です。', USE_MY_NUMBER],
    phoneNotTaken: ['スマートフォンでは できません。', USE_MY_NUMBER],
    cardForged: ['本物《ほんもの》の カードか わかりませんでした。', STAFF],
    cardIssuerUnknown: ['どこが 作《つく》った カードか わかりません。', STAFF],
    wrongPin: ['番号《ばんごう》が ちがいます。', 'よく 見《み》て、もう一度《いちど》 入《い》れて ください。'],
    pinBlocked: ['何回《なんかい》も まちがえたので、番号《ばんごう》が 使《つか》えません。', COUNTER],
    lastTry: ['あと 1回《かい》だけです。', '番号《ばんごう》が わかるときだけ 入《い》れて ください。'],
    pinNotAllowed: [
      'この 番号《ばんごう》は 使《つか》えません。',
      '数《かず》と 文字《もじ》を 見《み》て、もう一度《いちど》 入《い》れて ください。',
    ],
    pinExpired: ['時間《じかん》が たちました。', 'もう一度《いちど》 入《い》れて ください。'],
    pinMissing: ['この 番号《ばんごう》は ありません。', COUNTER],
    pinNeeded: ['先《さき》に 番号《ばんごう》を 入《い》れます。', '番号《ばんごう》を 入《い》れて ください。'],
    pinHalfChanged: ['2つの うち 1つだけ 変《か》わりました。', PUT_AGAIN],
    certificateMissing: ['カードに 電子《でんし》 証明書《しょうめいしょ》が ありません。', COUNTER],
    certificateExpired: ['電子《でんし》 証明書《しょうめいしょ》の 日《ひ》が 過《す》ぎました。', COUNTER],
    certificateUnreadable: ['電子《でんし》 証明書《しょうめいしょ》が 読《よ》めません。', COUNTER],
    busy: ['ほかの ことを して います。', '少《すこ》し 待《ま》って ください。'],
    stalePrompt: [
      '前《まえ》の 画面《がめん》への 答《こた》えです。',
      '今《いま》の 画面《がめん》を 見《み》て ください。',
    ],
    badInput: ['機械《きかい》の 中《なか》で まちがいが ありました。', STAFF],
    unknownName: ['機械《きかい》の 中《なか》で まちがいが ありました。', STAFF],
    channelClosed: ['画面《がめん》が 切《き》れました。', '少《すこ》し 待《ま》って ください。'],
    backendUnreachable: [
      '遠《とお》くの システムが 答《こた》えません。',
      '少《すこ》し 待《ま》って、もう一度《いちど》 して ください。',
    ],
    backendRefused: [
      '遠《とお》くの システムが 「できない」と 言《い》いました。',
      '画面《がめん》を 見《み》て ください。',
    ],
    internal: ['この 機械《きかい》の 不具合《ふぐあい》です。', AGAIN],
  },
}
