/** 住基AP (facts 2.3). Where the 住民票コード lies is not public: EF 0001, which no citizen credential opens, is an assumption. */
import { SW } from '../../src/card/status-word.ts'
import { type ApplicationLayout, file, pin, records, unknown } from '../os/layout.ts'
import { FOUR_DIGITS } from './pin-formats.ts'

export const JUKI: ApplicationLayout = {
  name: 'juki',
  title: '住基AP',
  aid: 'D3921000310001010401',
  objects: [
    file(0x01, '住民票コード'),
    records(0x02, '鍵識別子', 'free'),
    pin(0x1c, '住民基本台帳用暗証番号', { ...FOUR_DIGITS, changedBy: 'changeKey' }),
    unknown(0x1e),
  ],
  sessionKey: { refusal: SW.SECURITY_STATUS },
}
