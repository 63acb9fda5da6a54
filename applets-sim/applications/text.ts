/** 券面事項入力補助AP (facts 2.5): the one application with secure messaging (facts 3.7). */
import { SW } from '../../src/card/status-word.ts'
import { type ApplicationLayout, file, key, pin, unknown } from '../os/layout.ts'
import { CODE_A, CODE_B, FOUR_DIGITS } from './pin-formats.ts'

const PIN = 0x11
const A = 0x14
const B = 0x15
const SIGNING_KEY = 0x13
const DELIVERY_KEY = file(0x06, 'セッション鍵配送用公開鍵', PIN, A, B)

export const TEXT: ApplicationLayout = {
  name: 'text',
  title: '券面事項入力補助AP',
  aid: 'D3921000310001010408',
  objects: [
    file(0x01, '個人番号', PIN, A),
    file(0x02, '基本4情報', PIN, B),
    file(0x03, '署名', PIN, A, B),
    file(0x04, 'CV証明書', 'free'),
    file(0x05, '版', 'free'),
    { ...DELIVERY_KEY, access: { ...DELIVERY_KEY.access, setSessionKey: [PIN], putKey: ['issuer'] } },
    file(0x07, 'カード公開鍵', PIN, A, B),
    file(0x08, '用途不明', 'free'),
    pin(PIN, '券面事項入力補助用暗証番号', { ...FOUR_DIGITS, changedBy: 'changeReferenceData' }),
    pin(0x12, '用途不明（常に閉塞）', FOUR_DIGITS),
    key(SIGNING_KEY, '内部認証鍵', { sign: ['free'] }, SW.CONDITIONS_NOT_SATISFIED),
    pin(A, '照合番号A', CODE_A),
    pin(B, '照合番号B', CODE_B),
    unknown(0x1c),
    unknown(0x1e),
  ],
  defaultKey: SIGNING_KEY,
  sessionKey: { deliveryKey: DELIVERY_KEY.fid },
}
