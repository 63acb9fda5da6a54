/** 公的個人認証AP (facts 2.6). */
import { SW } from '../../src/card/status-word.ts'
import { type ApplicationLayout, file, key, pin, unknown } from '../os/layout.ts'
import { FOUR_DIGITS, SIGN_PASSWORD } from './pin-formats.ts'

const AUTH_PIN = 0x18
const PASSWORD = 0x1b

export const JPKI: ApplicationLayout = {
  name: 'jpki',
  title: '公的個人認証AP',
  aid: 'D392F000260100000001',
  objects: [
    file(0x01, '署名用電子証明書', PASSWORD),
    file(0x02, '署名用認証局証明書', 'free'),
    unknown(0x05),
    file(0x06, 'トークン情報', 'free'),
    file(0x08, '電子証明書の有無', 'free'),
    file(0x09, '用途不明（読出不可）'),
    file(0x0a, '利用者証明用電子証明書', 'free'),
    file(0x0b, '利用者証明用認証局証明書', 'free'),
    unknown(0x10),
    {
      fid: 0x16,
      kind: 'certifier',
      title: '特定機関認証用認証局公開鍵',
      access: { setPublicKey: ['free'], externalAuthenticate: ['free'], putKey: ['issuer'] },
    },
    key(0x17, '利用者証明用秘密鍵', { sign: [AUTH_PIN, 'terminal'] }),
    pin(AUTH_PIN, '利用者証明用電子証明書用暗証番号', { ...FOUR_DIGITS, changedBy: 'changeReferenceData' }),
    unknown(0x19),
    key(0x1a, '署名用秘密鍵', { sign: [PASSWORD] }),
    pin(PASSWORD, '署名用電子証明書用暗証番号', { ...SIGN_PASSWORD, changedBy: 'changeReferenceData' }),
    unknown(0x1c),
    unknown(0x1e),
  ],
  sessionKey: { refusal: SW.SECURITY_STATUS },
}
