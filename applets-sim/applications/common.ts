/** 共通カードAP, 本人確認業務用領域 (facts 2.2). */
import { SW } from '../../src/card/status-word.ts'
import { type ApplicationLayout, key, pin, records, unknown } from '../os/layout.ts'
import { FOUR_DIGITS } from './pin-formats.ts'

export const COMMON: ApplicationLayout = {
  name: 'common',
  title: '共通カードAP',
  aid: 'D3921000310001010100',
  objects: [
    records(0x01, '製造番号・市町村コード・有効期限', 'free'),
    records(0x02, '鍵識別子', 'free'),
    key(0x19, '内部認証鍵', { internalAuthenticate: ['free'] }),
    pin(0x1c, '住民基本台帳用暗証番号', { ...FOUR_DIGITS, changedBy: 'changeKey' }),
    unknown(0x1e),
  ],
  sessionKey: { refusal: SW.SECURITY_ENVIRONMENT },
}
