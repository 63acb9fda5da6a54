/** A small hand-made card for the chip's tests: every object of every application, invented content, one RSA key. */
import { generateKeyPairSync } from 'node:crypto'
import type { CardImage, ChipBehaviour } from '../../applets-sim/image.ts'
import { seededRandom } from '../../applets-sim/os/seeded-random.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { ascii, concat } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { tlv, tlvLong } from '../../src/base/tlv.ts'

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
/** Private keys by the cell they are kept in; generated once for all tests of a process. */
export const KEYS = {
  auth: rsa(),
  sign: rsa(),
  visual: rsa(),
  text: rsa(),
  common: rsa(),
  delivery: rsa(),
  terminalCa: rsa(),
}

const pkcs8 = (pair: ReturnType<typeof rsa>): string => hex(pair.privateKey.export({ format: 'der', type: 'pkcs8' }))

/** `90 03 exponent ‖ 91 82 0100 modulus`. */
export function cvKey(pair: ReturnType<typeof rsa>): Uint8Array {
  const { e, n } = pair.publicKey.export({ format: 'jwk' })
  return concat(tlv(0x90, Buffer.from(e ?? '', 'base64url')), tlvLong(0x91, Buffer.from(n ?? '', 'base64url')))
}

export const CA_KEY_ID = '9000020/TEST/CA1'
const KEY_REFERENCE = fromHex('39303030303230080530303100000000')

const text = (value: string): string => hex(ascii(value))
const filler = (length: number, byte: number): string => hex(new Uint8Array(length).fill(byte))
const pin = (fid: string, value: string, limit: number): Record<string, string> => ({
  [`${fid}.pin`]: text(value),
  [`${fid}.tries`]: hex(Uint8Array.of(limit)),
  [`${fid}.limit`]: hex(Uint8Array.of(limit)),
})

export const PINS = {
  auth: '1234',
  sign: 'ABC123',
  text: '1234',
  juki: '1234',
  a: '123456789018',
  b: '01033120351234',
  birth: '010331',
} as const

export const BEHAVIOUR: ChipBehaviour = {
  generation: 'E0',
  contactlessAtr: '000005E0B381A1',
  firstCommandFails: false,
  getResponse: false,
}

const certificate = (size: number, byte: number): string =>
  hex(concat(fromHex('3082'), Uint8Array.of((size - 4) >> 8, (size - 4) & 0xff), new Uint8Array(size - 4).fill(byte)))

export const IMAGE: CardImage = {
  format: 'madoguchi-card',
  version: 1,
  simulated: true,
  profile: 'test',
  chip: BEHAVIOUR,
  cells: {
    isd: {
      '0042': hex(KEY_REFERENCE),
      '0045': text('4000000000000001'),
      '0066': '6600',
      '00F0': text('13101'),
      '00F2': text('20350331'),
      '00F7': hex(KEY_REFERENCE),
      '00F8': filler(563, 0x5a),
      '7F21': filler(568, 0x7f),
    },
    common: {
      '0001/01': `011C${text('4000000000000011310120350331')}`,
      '0002/01': `0110${hex(KEY_REFERENCE)}`,
      '0019.key': pkcs8(KEYS.common),
      ...pin('001C', PINS.juki, 3),
    },
    juki: { '0001': text('12345678902'), '0002/01': `0110${hex(KEY_REFERENCE)}`, ...pin('001C', PINS.juki, 3) },
    visual: {
      '0001': filler(547, 0x01),
      '0002': filler(5000, 0x02),
      '0003': filler(300, 0x03),
      '0004': filler(568, 0x04),
      '0005': filler(700, 0x05),
      '0006': filler(16, 0xff),
      ...pin('0011', PINS.birth, 10),
      ...pin('0012', PINS.b, 10),
      ...pin('0013', PINS.a, 10),
      '001A.key': pkcs8(KEYS.visual),
    },
    text: {
      '0001': `FF100C${text(PINS.a)}FFFF`,
      '0002': `FF2068${filler(104, 0x22)}`,
      '0003': filler(336, 0x03),
      '0004': filler(568, 0x04),
      '0005': filler(256, 0x05),
      '0006': hex(tlvLong(0xa1, cvKey(KEYS.delivery))),
      '0006.key': pkcs8(KEYS.delivery),
      '0007': filler(536, 0x07),
      '0008': filler(16, 0xff),
      '0013.key': pkcs8(KEYS.text),
      ...pin('0011', PINS.text, 3),
      ...pin('0014', PINS.a, 10),
      ...pin('0015', PINS.b, 10),
    },
    jpki: {
      '0001': certificate(2000, 0x11),
      '0002': certificate(1301, 0x22),
      '0006': text('JPKIAPICCTOKEN2'.padEnd(32)) + filler(128, 0x30),
      '0008': '8F8F00',
      '0009': filler(16, 0x99),
      '000A': certificate(1586, 0xaa),
      '000B': certificate(1316, 0xbb),
      '0016.key': hex(concat(ascii(CA_KEY_ID), cvKey(KEYS.terminalCa))),
      '0017.key': pkcs8(KEYS.auth),
      '001A.key': pkcs8(KEYS.sign),
      ...pin('0018', PINS.auth, 3),
      ...pin('001B', PINS.sign, 5),
    },
    licence: {
      ...pin('0006', '****', 10),
      '001A': 'C10100',
      '001B': filler(3000, 0xc2),
      '001C': filler(580, 0xc3),
    },
  },
}

export const AID = {
  isd: 'A0000001510000',
  common: 'D3921000310001010100',
  juki: 'D3921000310001010401',
  visual: 'D3921000310001010402',
  text: 'D3921000310001010408',
  jpki: 'D392F000260100000001',
  licence: 'A0000002310600000000000000000000',
} as const
export type ApplicationName = keyof typeof AID

/** A card with hexadecimal in and out. */
export class TestCard {
  readonly card: SimulatedCard
  constructor(card: SimulatedCard) {
    this.card = card
  }

  /** Response in hexadecimal. */
  send(command: string): string {
    // A Node Buffer, wiped at once: whatever the chip keeps of a command must be a copy.
    const bytes = Buffer.from(fromHex(command))
    try {
      return hex(this.card.transmit(bytes))
    } finally {
      bytes.fill(0)
    }
  }

  /** Status word alone. */
  sw(command: string): string {
    return this.send(command).slice(-4)
  }

  select(application: ApplicationName): void {
    const aid = AID[application]
    this.send(`00A4040C${hex(Uint8Array.of(aid.length / 2))}${aid}`)
  }

  verify(sfi: number, value: string): string {
    return this.sw(`002000${hex(Uint8Array.of(0x80 | sfi, value.length))}${text(value)}`)
  }
}

/** A powered card; `behaviour` and `cells` override the image's. */
export function testCard(
  behaviour: Partial<ChipBehaviour> = {},
  cells: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): TestCard {
  const image = { ...IMAGE, chip: { ...BEHAVIOUR, ...behaviour }, cells: { ...IMAGE.cells, ...cells } }
  const card = SimulatedCard.fromImage(image, { random: seededRandom('chip') })
  card.powerOn('contact')
  return new TestCard(card)
}

export const DIGEST_INFO = '3031300D060960864801650304020105000420'
export const signCommand = (p1: number, p2: number, data: string): string =>
  `802A${hex(Uint8Array.of(p1, p2, data.length / 2))}${data}00`
