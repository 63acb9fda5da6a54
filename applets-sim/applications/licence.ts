/** 免許証カードAP, マイナ免許証 (facts 2.8): optional, loaded later by the police, who alone may set its PIN again. */
import { SW } from '../../src/card/status-word.ts'
import { type ApplicationLayout, digits, file, pin } from '../os/layout.ts'

const PIN = 0x06

export const LICENCE: ApplicationLayout = {
  name: 'licence',
  title: '免許証カードAP',
  aid: 'A0000002310600000000000000000000',
  objects: [
    pin(PIN, '免許情報記録の暗証番号', { format: digits(4), tryLimit: 10 }),
    file(0x1a, '暗証番号設定の有無', 'free'),
    // Read only as the current EF, as measured: so it has no short identifier.
    { ...file(0x1b, '免許情報・運転経歴情報', PIN), withoutShortId: true },
    file(0x1c, '電子署名', PIN),
  ],
  sessionKey: { refusal: SW.SECURITY_STATUS },
}
