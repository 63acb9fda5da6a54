/** The reference command sequences of facts 9.4 as data: what is sent, what is expected, and values that stand for the card's own. */
import { createHash } from 'node:crypto'
import type { CardImage } from '../../applets-sim/image.ts'
import { ascii, concat } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'

export interface Sequence {
  /** Row of facts 9.4. */
  readonly row: number
  readonly purpose: string
  readonly steps: readonly (readonly [command: string, answer: string] | 'warm reset')[]
}

export const MESSAGE = ascii('facts 9.4')
const hash = createHash('sha256').update(MESSAGE).digest()
const DIGEST_INFO = hex(concat(fromHex('3031300D060960864801650304020105000420'), hash))

/** Names in angle brackets: `<A>`, `<B>`, `<birth>` with their length byte, `<DI>` a DigestInfo with its length, `<cell:app/name>`. */
export function fill(pattern: string, image: CardImage): string {
  const pin = (application: string, cell: string) => {
    const value = image.cells[application]?.[cell] ?? ''
    return hex(Uint8Array.of(value.length / 2)) + value
  }
  return pattern
    .replace('<A>', pin('text', '0014.pin'))
    .replace('<B>', pin('text', '0015.pin'))
    .replace('<birth>', pin('visual', '0011.pin'))
    .replace('<password>', pin('jpki', '001B.pin'))
    .replace('<DI>', `33${DIGEST_INFO}`)
    .replace('<hash>', `20${hex(hash)}`)
    .replace(/<cell:(\w+)\/([^>]+)>/, (_, application, cell) => image.cells[application]?.[cell] ?? '')
    .replace(/\s/g, '')
}

/**
 * Does an answer meet what is expected? `…` stands for any bytes, `<sig:app/cell>` for a signature with that key, which the
 * caller checks; both may be followed by a status word.
 */
export function meets(expected: string, answer: string): boolean {
  if (expected.startsWith('<sig:')) return answer.length === 2 * 258 && answer.endsWith('9000')
  const at = expected.indexOf('…')
  if (at < 0) return expected === answer
  return answer.startsWith(expected.slice(0, at)) && answer.endsWith(expected.slice(at + 1))
}

const SELECT_JPKI = ['00A4040C0A D392F000260100000001', '9000'] as const
const SELECT_TEXT = ['00A4040C0A D3921000310001010408', '9000'] as const
const SELECT_VISUAL = ['00A4040C0A D3921000310001010402', '9000'] as const
const VERIFY_AUTH = ['00200098 04 31323334', '9000'] as const
const LABEL = '4A504B494150494343544F4B454E32 2020202020202020202020202020202020 9000'

export const SEQUENCES: readonly Sequence[] = [
  { row: 1, purpose: 'detect a My Number card', steps: [SELECT_JPKI] },
  {
    row: 2,
    purpose: 'which token is it',
    steps: [SELECT_JPKI, ['00B0860020', LABEL], ['00A4020C020006', '9000'], ['00B0000020', LABEL]],
  },
  {
    row: 3,
    purpose: 'retry counter of the auth PIN',
    steps: [SELECT_JPKI, ['00A4020C020018', '9000'], ['00200080', '63C3'], ['00200098', '63C3']],
  },
  { row: 4, purpose: 'retry counter of the sign password', steps: [SELECT_JPKI, ['0020009B', '63C5']] },
  {
    row: 5,
    purpose: 'authentication signature',
    steps: [SELECT_JPKI, VERIFY_AUTH, ['00A4020C020017', '9000'], ['802A0080 <DI> 00', '<sig:jpki/0017.key>']],
  },
  {
    row: 6,
    purpose: 'the same by short id',
    steps: [SELECT_JPKI, VERIFY_AUTH, ['802A0097 <DI> 00', '<sig:jpki/0017.key>']],
  },
  {
    row: 7,
    purpose: 'signature certificate without password',
    steps: [SELECT_JPKI, ['00A4020C020001', '9000'], ['00B0000004', '6982']],
  },
  {
    row: 8,
    purpose: 'signature certificate and signature',
    steps: [
      SELECT_JPKI,
      ['0020009B <password>', '9000'],
      ['00A4020C020001', '9000'],
      ['00B0000004', '3082…9000'],
      ['00B0000400', '…9000'],
      ['00B0010400', '…9000'],
      ['00A4020C02001A', '9000'],
      ['802A0080 <DI> 00', '<sig:jpki/001A.key>'],
    ],
  },
  {
    row: 9,
    purpose: 'authentication certificate, no PIN',
    steps: [SELECT_JPKI, ['00A4020C02000A', '9000'], ['00B0000004', '3082…9000'], ['00B0000400', '…9000']],
  },
  {
    row: 10,
    purpose: 'CA certificates',
    steps: [
      SELECT_JPKI,
      ['00A4020C020002', '9000'],
      ['00B0000004', '3082…9000'],
      ['00A4020C02000B', '9000'],
      ['00B0000004', '3082…9000'],
    ],
  },
  {
    row: 11,
    purpose: 'signing without PIN',
    steps: [SELECT_JPKI, ['00A4020C020017', '9000'], ['802A0080 <DI> 00', '6982']],
  },
  {
    row: 12,
    purpose: 'wrong PIN three times',
    steps: [
      SELECT_JPKI,
      ['00200098 04 39393939', '63C2'],
      ['00200098 04 39393939', '63C1'],
      ['00200098 04 39393939', '63C0'],
      ['00200098 04 31323334', '6984'],
      ['00200098', '63C0'],
    ],
  },
  {
    row: 13,
    purpose: 'My Number with the 4-digit PIN',
    steps: [SELECT_TEXT, ['00200091 04 31323334', '9000'], ['00B0810011', 'FF10 0C <cell:text/0014.pin> FFFF 9000']],
  },
  {
    row: 14,
    purpose: 'basic four with 照合番号B',
    steps: [SELECT_TEXT, ['00200095 <B>', '9000'], ['00B0820000', 'FF20…9000'], ['00B0810011', '6982']],
  },
  {
    row: 15,
    purpose: 'My Number with 照合番号A',
    steps: [SELECT_TEXT, ['00200094 <A>', '9000'], ['00B0810011', 'FF10…9000'], ['00B0820000', '6982']],
  },
  {
    row: 16,
    purpose: 'blocked reference 0012 of 入力補助',
    steps: [SELECT_TEXT, ['00200092', '63C0'], ['00200092 04 31323334', '6984']],
  },
  {
    row: 17,
    purpose: 'change the auth PIN',
    steps: [
      SELECT_JPKI,
      VERIFY_AUTH,
      ['00A4020C020018', '9000'],
      ['00240180 04 35363738', '9000'],
      ['00200080 04 35363738', '9000'],
      ['00200080 04 31323334', '63C2'],
    ],
  },
  {
    row: 18,
    purpose: 'change the 住基 PIN',
    steps: (['D3921000310001010100', 'D3921000310001010401'] as const).flatMap((aid) => [
      [`00A4040C0A ${aid}`, '9000'] as const,
      ['0020009C 04 31323334', '9000'] as const,
      ['80320080 04 35363738', '9000'] as const,
      ['0020009C 04 35363738', '9000'] as const,
    ]),
  },
  {
    row: 19,
    purpose: 'printed data images',
    steps: [
      SELECT_VISUAL,
      ['00200092 <B>', '9000'],
      ['00A4020C020002', '9000'],
      ['00B0000007', 'FF2082…9000'],
      ['00B0000000', 'FF2082…9000'],
    ],
  },
  {
    row: 20,
    purpose: 'genuine-card challenge',
    steps: [
      SELECT_VISUAL,
      ['802A0000 <DI> 00', '<sig:visual/001A.key>'],
      SELECT_TEXT,
      ['802A0000 <DI> 00', '<sig:text/0013.key>'],
    ],
  },
  { row: 21, purpose: 'PSS by default key', steps: [SELECT_TEXT, ['802A0500 <hash> 00', '<sig:pss>']] },
  {
    row: 22,
    purpose: 'age record',
    steps: [SELECT_VISUAL, ['00200091 <birth>', '9000'], ['00B0810000', 'FF10…9000'], ['00B0820000', '6982']],
  },
  {
    row: 23,
    purpose: 'card record',
    steps: [
      ['00A4040C0A D3921000310001010100', '9000'],
      ['00B2010C00', '<cell:common/0001/01> 9000'],
    ],
  },
  {
    row: 24,
    purpose: 'licence AP state',
    steps: [
      ['00A4040C10 A0000002310600000000000000000000', '9000'],
      ['00B09A0003', 'C10100 9000'],
      ['00200086', '63CA'],
    ],
  },
  {
    row: 25,
    purpose: 'persistence of the verified state',
    steps: [
      SELECT_JPKI,
      VERIFY_AUTH,
      'warm reset',
      SELECT_JPKI,
      ['802A0097 <DI> 00', '<sig:jpki/0017.key>'],
      ['00A4040C07 A0000001510000', '9000'],
      SELECT_JPKI,
      ['802A0097 <DI> 00', '6982'],
    ],
  },
  {
    row: 26,
    purpose: 'unknown file and AID',
    steps: [SELECT_JPKI, ['00A4020C020099', '6A82'], ['00A4040C0A D392F0002601000000FF', '6A82']],
  },
  {
    row: 27,
    purpose: 'offset past the end',
    steps: [SELECT_JPKI, ['00A4020C020002', '9000'], ['00B07F0000', '6B00']],
  },
  {
    row: 28,
    purpose: 'bad scheme number',
    steps: [SELECT_JPKI, VERIFY_AUTH, ['00A4020C020017', '9000'], ['802A0680 <DI> 00', '6A86']],
  },
]
