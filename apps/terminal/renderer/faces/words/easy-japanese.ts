/** やさしい日本語: short, spaced, furigana as 漢字《かんじ》. */
import type { FacesWords } from './japanese.ts'

export const FACES_EASY_JAPANESE: FacesWords = {
  'faces.brand': 'まどぐち 顔《かお》を くらべる',
  'faces.wait.title': '次《つぎ》の 人《ひと》を 待《ま》って います',
  'faces.wait.how': '写真《しゃしん》が 2枚《まい》 出《で》ます。写真《しゃしん》は どこにも 残《のこ》りません。',
  'faces.look.title': '同《おな》じ 人《ひと》ですか。よく 見《み》て ください',
  'faces.look.guide': '見《み》るところ',
  'faces.look.how': '目《め》・鼻《はな》・口《くち》・耳《みみ》の 形《かたち》を くらべます。',
  'faces.look.not': '髪《かみ》・眼鏡《めがね》・ひげ・年《とし》が 違《ちが》うだけでは 決《き》めません。',
  'faces.look.doubt':
    'わからない ときは「見《み》えない」を 押《お》します。もう一度《いちど》 写真《しゃしん》を 撮《と》れます。',
  'faces.photo': 'カードの 写真《しゃしん》',
  'faces.live': '今《いま》 撮《と》った 顔《かお》',
  'faces.loading': '写真《しゃしん》を 出《だ》して います。',
  'faces.broken': '写真《しゃしん》が 出《で》ません。「見《み》えない」を 押《お》して ください。',
  'faces.others': 'ほかに {count}人《にん》が 待《ま》って います',
  'faces.zoom': '大《おお》きさ',
  'faces.zoom.of': '{times}倍《ばい》',
  'faces.same': '同《おな》じ 人《ひと》',
  'faces.different': '違《ちが》う 人《ひと》',
  'faces.unclear': '見《み》えない',
  'faces.ended.same': '前《まえ》の 人《ひと》は「同《おな》じ 人《ひと》」に しました。',
  'faces.ended.different': '前《まえ》の 人《ひと》は「違《ちが》う 人《ひと》」に しました。',
  'faces.ended.unclear': '前《まえ》の 人《ひと》は「見《み》えない」に しました。',
  'faces.ended.gone': '前《まえ》の 人《ひと》は、決《き》める 前《まえ》に やめました。',
}
