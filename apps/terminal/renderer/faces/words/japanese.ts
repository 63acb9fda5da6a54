/** 日本語: what only who compares faces reads. */
export const FACES_JAPANESE = {
  'faces.brand': 'まどぐち 顔の照合',
  'faces.wait.title': '照合の依頼を待っています',
  'faces.wait.how': '依頼が届くと、この画面に2枚の写真が並びます。写真はどこにも保存されません。',
  'faces.look.title': '同じ人か、見比べてください',
  'faces.look.guide': '見比べ方',
  'faces.look.how': '目・鼻・口・耳の形と、その位置を比べます。',
  'faces.look.not': '髪型・眼鏡・ひげ・年齢の違いだけでは決めません。',
  'faces.look.doubt': '迷うときは「見えない」を選びます。本人はもう一度撮影できます。',
  'faces.photo': 'カードの写真',
  'faces.live': 'いま撮影した顔',
  'faces.loading': '写真を読み込んでいます。',
  'faces.broken': '写真を表示できません。「見えない」を選んでください。',
  'faces.others': 'ほかに{count}人が待っています',
  'faces.zoom': '大きさ',
  'faces.zoom.of': '{times}倍',
  'faces.same': '同一人物',
  'faces.different': '別人',
  'faces.unclear': '見えない',
  'faces.ended.same': '直前の依頼は「同一人物」と決めました。',
  'faces.ended.different': '直前の依頼は「別人」と決めました。',
  'faces.ended.unclear': '直前の依頼は「見えない」と答えました。',
  'faces.ended.gone': '直前の依頼は、決める前に終わりました。',
} as const

export type FacesWordKey = keyof typeof FACES_JAPANESE
export type FacesWords = Readonly<Record<FacesWordKey, string>>
