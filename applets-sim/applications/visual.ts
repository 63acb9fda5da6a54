/** 券面事項確認AP (facts 2.4). */
import { SW } from '../../src/card/status-word.ts'
import { type ApplicationLayout, file, key, pin, unknown } from '../os/layout.ts'
import { BIRTH_DATE, CODE_A, CODE_B } from './pin-formats.ts'

const BIRTH = 0x11
const B = 0x12
const A = 0x13
const SIGNING_KEY = 0x1a

export const VISUAL: ApplicationLayout = {
  name: 'visual',
  title: '券面事項確認AP',
  aid: 'D3921000310001010402',
  objects: [
    file(0x01, '生年月日', BIRTH),
    file(0x02, '券面事項', A, B),
    file(0x03, '版・市町村コード', 'free'),
    file(0x04, 'CV証明書', 'free'),
    file(0x05, '個人番号画像', A),
    file(0x06, '用途不明', A, B),
    pin(BIRTH, '生年月日', BIRTH_DATE),
    pin(B, '照合番号B', CODE_B),
    pin(A, '照合番号A', CODE_A),
    unknown(0x14),
    unknown(0x15),
    key(SIGNING_KEY, '内部認証鍵', { sign: ['free'] }, SW.CONDITIONS_NOT_SATISFIED),
    unknown(0x1c),
    unknown(0x1e),
  ],
  defaultKey: SIGNING_KEY,
  sessionKey: { refusal: SW.SECURITY_ENVIRONMENT },
}
