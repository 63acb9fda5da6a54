/**
 * What the card answers at card-manager level (facts 1.7): its own data objects and GET CHALLENGE, where the default issuer
 * security domain has its AID. The GlobalPlatform side of that domain is not here.
 */
import { SW } from '../../src/card/status-word.ts'
import { type ApplicationLayout, unknown } from '../os/layout.ts'

export const CARD_MANAGER: ApplicationLayout = {
  name: 'isd',
  title: 'カードマネージャ',
  aid: 'A0000001510000',
  objects: [unknown(0x1e)],
  sessionKey: { refusal: SW.SECURITY_STATUS },
  dataObjects: [0x0042, 0x0045, 0x0066, 0x00f0, 0x00f2, 0x00f7, 0x00f8, 0x7f21],
}
