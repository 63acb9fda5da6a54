/** What the readers are called where none is named. */
export const READERS = {
  kiosk: 'キオスク Kiosk',
  counter: '窓口 Counter',
  staff: '職員 Staff',
  phone: 'スマートフォン Phone',
  /** Of the staff card of whoever compares faces. */
  faces: '照合 Faces',
} as const
