/** 公的個人認証AP (facts 2.6): certificates, keys, token information, availability. */
import { ascii, concat, uint } from '../../../src/base/bytes.ts'
import { cvIntermediate, testAuthority } from '../authority.ts'
import type { CardMaterial, CardPlan, Cells } from '../card-plan.ts'
import { cardPublicKey, keyReference } from '../card-verifiable.ts'
import { holderCertificate } from '../certificates.ts'
import { pinCells } from './pin-cells.ts'

/** Flags of CK_TOKEN_INFO: RNG, LOGIN_REQUIRED, USER_PIN_INITIALIZED, TOKEN_INITIALIZED. */
const FLAG = { rng: 0x001, loginRequired: 0x004, userPinInitialized: 0x008, tokenInitialized: 0x400 } as const

const spaced = (text: string, length: number): Uint8Array => ascii(text.padEnd(length, ' '))
const UNAVAILABLE = uint(0xffffffff, 4)

/** EF 0006: CK_TOKEN_INFO of PKCS #11, 32-bit big-endian, 160 octets (facts 2.6.1). */
export function tokenInformation({ serial, jpkiReady }: CardPlan): Uint8Array {
  const flags = FLAG.rng | FLAG.loginRequired | FLAG.tokenInitialized | (jpkiReady ? FLAG.userPinInitialized : 0)
  return concat(
    spaced('JPKIAPICCTOKEN2', 32),
    spaced('1'.padStart(32, '0'), 32),
    spaced('E16R01NJ', 16),
    ascii(serial.padStart(16, '0')),
    uint(flags, 4),
    uint(1, 4),
    uint(0, 4),
    uint(1, 4),
    uint(0, 4),
    uint(16, 4),
    uint(6, 4),
    ...[UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE],
    ascii('0301'),
    ascii('9'.repeat(16)),
  )
}

const PRESENT = 0x8f
const LIFE_SELECTABLE = 0x07

/** EF 0008: sign, auth, and a third octet of unknown meaning. */
const availability = ({ certificates }: CardPlan): Uint8Array =>
  Uint8Array.of(certificates.sign ? PRESENT : 0, certificates.auth ? PRESENT : 0, 0)

export function jpkiCells({ plan, keys }: CardMaterial): Cells {
  const terminalAuthority = cvIntermediate()
  const cells: Cells = {
    '0002': testAuthority('sign', plan.generation).certificate,
    '0006': tokenInformation(plan),
    '0008': availability(plan),
    '0009': new Uint8Array(16).fill(0xff),
    '000B': testAuthority('auth', plan.generation).certificate,
    '0016.key': concat(keyReference(terminalAuthority.reference), cardPublicKey(terminalAuthority.key)),
    ...pinCells(plan, '0018', 'auth'),
    ...pinCells(plan, '001B', 'sign'),
  }
  for (const [kind, file, keyCell] of [
    ['sign', '0001', '001A.key'],
    ['auth', '000A', '0017.key'],
  ] as const) {
    const validity = plan.certificates[kind]
    if (validity === undefined) continue
    const { serial: cardSerial, holder, generation } = plan
    cells[file] = holderCertificate({ kind, generation, cardSerial, holder, key: keys[kind], ...validity })
    cells[keyCell] = keys[kind].pkcs8
  }
  if (!plan.jpkiReady) cells['.life'] = Uint8Array.of(LIFE_SELECTABLE)
  return cells
}
