/** The 28 reference command sequences of facts 9.4, against the hand-made card and the factory's resident card. */
import assert from 'node:assert/strict'
import { constants, createHash, createPrivateKey, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { describe, test } from 'node:test'
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import type { CardImage } from '../../applets-sim/image.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { ascii, uint } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { DIGEST_INFO, IMAGE, signCommand, TestCard } from './card.ts'

const MESSAGE = ascii('madoguchi')
const HASH = hex(createHash('sha256').update(MESSAGE).digest())
const digestInfo = DIGEST_INFO + HASH

/** The card of an image, and what the image says is on it. */
function cardOf(image: CardImage, application?: Parameters<TestCard['select']>[0]): TestCard {
  const card = SimulatedCard.fromImage(image)
  card.powerOn('contact')
  const powered = new TestCard(card)
  if (application !== undefined) powered.select(application)
  return powered
}

const cell = (image: CardImage, application: string, name: string): string => {
  const found = image.cells[application]?.[name]
  assert.ok(found !== undefined, `${application}/${name} is not in the image`)
  return found
}
const publicKey = (image: CardImage, application: string, name: string): KeyObject =>
  createPublicKey(
    createPrivateKey({ key: Buffer.from(cell(image, application, name), 'hex'), format: 'der', type: 'pkcs8' }),
  )

function isSignature(response: string, key: KeyObject): boolean {
  assert.match(response, /^.{512}9000$/)
  return verify('sha256', MESSAGE, key, fromHex(response.slice(0, -4)))
}

/** The current EF as a client reads it: four bytes of DER header, then pieces of 256. */
function readByHeader(card: TestCard): string {
  const header = card.send('00B0000004').slice(0, 8)
  assert.match(header, /^3082/)
  const size = 4 + Number.parseInt(header.slice(4), 16)
  let out = ''
  while (out.length < 2 * size) {
    const at = out.length / 2
    const response = card.send(`00B0${hex(uint(at, 2))}${hex(uint(Math.min(size - at, 256) & 0xff, 1))}`)
    assert.match(response, /9000$/)
    out += response.slice(0, -4)
  }
  return out
}

/** VERIFY by short EF id with the value the image has. */
function verifyWith(image: CardImage, application: string, sfi: number): string {
  const name = `00${hex(Uint8Array.of(sfi))}.pin`
  const pin = cell(image, application, name)
  return `002000${hex(Uint8Array.of(0x80 | sfi, pin.length / 2))}${pin}`
}

const made = await makeCardImage('resident')
const resident = { ...made, cells: { ...made.cells, licence: { ...IMAGE.cells['licence'] } as Record<string, string> } }

for (const [name, image] of [
  ['hand-made', IMAGE],
  ['resident', resident],
] as const)
  describe(`facts 9.4, ${name} card`, () => {
    test('1, 2: detection and token', () => {
      const card = cardOf(image, 'jpki')
      const label = `${cell(image, 'jpki', '0006').slice(0, 64)}9000`
      assert.equal(label, `${hex(ascii('JPKIAPICCTOKEN2'.padEnd(32)))}9000`)
      assert.equal(card.send('00B0860020'), label)
      assert.equal(card.send('00A4020C020006'), '9000')
      assert.equal(card.send('00B0000020'), label)
    })

    test('3, 4: try counters', () => {
      const card = cardOf(image, 'jpki')
      assert.equal(card.send('00A4020C020018'), '9000')
      assert.equal(card.send('00200080'), '63C3')
      assert.equal(card.send('00200098'), '63C3')
      assert.equal(card.send('0020009B'), '63C5')
    })

    test('5, 6: authentication signature', () => {
      const card = cardOf(image, 'jpki')
      assert.equal(card.send('002000980431323334'), '9000')
      assert.equal(card.send('00A4020C020017'), '9000')
      assert.ok(isSignature(card.send(signCommand(0, 0x80, digestInfo)), publicKey(image, 'jpki', '0017.key')))
      assert.ok(isSignature(card.send(signCommand(0, 0x97, digestInfo)), publicKey(image, 'jpki', '0017.key')))
    })

    test('7, 8: signature certificate and signature', () => {
      const card = cardOf(image, 'jpki')
      assert.equal(card.send('00A4020C020001'), '9000')
      assert.equal(card.send('00B0000004'), '6982')
      assert.equal(card.send('0020009B06414243313233'), '9000')
      assert.equal(card.send('00A4020C020001'), '9000')
      assert.equal(readByHeader(card), cell(image, 'jpki', '0001'))
      assert.equal(card.send('00A4020C02001A'), '9000')
      assert.ok(isSignature(card.send(signCommand(0, 0x80, digestInfo)), publicKey(image, 'jpki', '001A.key')))
    })

    test('9, 10: free certificates', () => {
      const card = cardOf(image, 'jpki')
      for (const fid of ['000A', '0002', '000B']) {
        assert.equal(card.send(`00A4020C02${fid}`), '9000')
        assert.equal(readByHeader(card), cell(image, 'jpki', fid))
      }
    })

    test('11: no signature without PIN', () => {
      const card = cardOf(image, 'jpki')
      assert.equal(card.send('00A4020C020017'), '9000')
      assert.equal(card.send(signCommand(0, 0x80, digestInfo)), '6982')
    })

    test('12: three wrong tries block', () => {
      const card = cardOf(image, 'jpki')
      for (const sw of ['63C2', '63C1', '63C0']) assert.equal(card.send('002000980439393939'), sw)
      assert.equal(card.send('002000980439393939'), '6984')
      assert.equal(card.send('002000980431323334'), '6984')
      assert.equal(card.send('00200098'), '63C0')
    })

    test('13: My Number with the 4-digit PIN', () => {
      const card = cardOf(image)
      assert.equal(card.send('00A4040C0AD3921000310001010408'), '9000')
      assert.equal(card.send('002000910431323334'), '9000')
      assert.equal(card.send('00B0810011'), `FF100C${cell(image, 'text', '0014.pin')}FFFF9000`)
    })

    test('14: basic four with 照合番号B', () => {
      const card = cardOf(image, 'text')
      assert.equal(card.send(verifyWith(image, 'text', 0x15)), '9000')
      assert.match(card.send('00B0820000'), /^FF20.*9000$/)
      assert.equal(card.send('00B0810000'), '6982')
    })

    test('15: My Number with 照合番号A', () => {
      const card = cardOf(image, 'text')
      assert.equal(card.send(verifyWith(image, 'text', 0x14)), '9000')
      assert.match(card.send('00B0810000'), /^FF10.*9000$/)
      assert.equal(card.send('00B0820000'), '6982')
    })

    test('16: the reference that is blocked on every card', () => {
      const card = cardOf(image, 'text')
      assert.equal(card.send('00200092'), '63C0')
      assert.equal(card.send('002000920431323334'), '6984')
    })

    test('17: change the auth PIN', () => {
      const card = cardOf(image, 'jpki')
      assert.equal(card.send('002000980431323334'), '9000')
      assert.equal(card.send('00A4020C020018'), '9000')
      assert.equal(card.send('002401800435363738'), '9000')
      assert.equal(card.send('002000980435363738'), '9000')
      assert.equal(card.send('002000980431323334'), '63C2')
    })

    test('18: change the 住基 PIN in both applications', () => {
      const card = cardOf(image)
      for (const application of ['common', 'juki'] as const) {
        card.select(application)
        assert.equal(card.send('0020009C0431323334'), '9000')
        assert.equal(card.send('803200800435363738'), '9000')
        assert.equal(card.send('0020009C0435363738'), '9000')
      }
    })

    test('19: printed data', () => {
      const card = cardOf(image)
      assert.equal(card.send('00A4040C0AD3921000310001010402'), '9000')
      assert.equal(card.send(verifyWith(image, 'visual', 0x12)), '9000')
      assert.equal(card.send('00A4020C020002'), '9000')
      assert.equal(card.send('00B0000007').length, 2 * 9)
      assert.equal(card.send('00B00000000000'), `${cell(image, 'visual', '0002')}9000`)
    })

    test('20: genuine-card challenge', () => {
      for (const application of ['visual', 'text'] as const) {
        const card = cardOf(image, application)
        const key = publicKey(image, application, application === 'visual' ? '001A.key' : '0013.key')
        assert.ok(isSignature(card.send(signCommand(0, 0, digestInfo)), key))
      }
    })

    test('21: PSS by the default key', () => {
      const card = cardOf(image, 'text')
      const data = hex(createHash('sha256').update('x').digest())
      const response = fromHex(card.send(signCommand(5, 0, data)))
      const key = {
        key: publicKey(image, 'text', '0013.key'),
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: 32,
      }
      assert.ok(verify('sha256', fromHex(data), key, response.subarray(0, 256)))
    })

    test('22: age record', () => {
      const card = cardOf(image, 'visual')
      assert.equal(card.send(verifyWith(image, 'visual', 0x11)), '9000')
      assert.equal(card.sw('00B0810000'), '9000')
      assert.equal(card.sw('00B0820000'), '6982')
    })

    test('23: card record', () => {
      const card = cardOf(image, 'common')
      assert.equal(card.send('00B2010C00'), `${cell(image, 'common', '0001/01')}9000`)
    })

    test('24: licence application', () => {
      const card = cardOf(image)
      assert.equal(card.send('00A4040C10A0000002310600000000000000000000'), '9000')
      assert.equal(card.send('00B09A0003'), 'C101009000')
      assert.equal(card.send('00200086'), '63CA')
      assert.equal(card.send('00B0820003'), '6A82')
      assert.equal(card.send('00200086042A2A2A2A'), '9000')
      assert.equal(card.send('00A4020C02001B'), '9000')
      assert.equal(card.sw('00B0000000'), '9000')
    })

    test('25: security status survives reset and same AID, not another AID', () => {
      const card = cardOf(image, 'jpki')
      assert.equal(card.send(verifyWith(image, 'jpki', 0x18)), '9000')
      card.card.warmReset()
      card.select('jpki')
      assert.equal(card.sw(signCommand(0, 0x97, digestInfo)), '9000')
      assert.equal(card.send('00A4040C07A0000001510000'), '9000')
      card.select('jpki')
      assert.equal(card.sw(signCommand(0, 0x97, digestInfo)), '6982')
    })

    test('26, 27, 28: unknown names, offset past the end, bad scheme', () => {
      const card = cardOf(image, 'jpki')
      assert.equal(card.send('00A4020C020099'), '6A82')
      assert.equal(card.send('00A4040C0AD392F000260100000009'), '6A82')
      assert.equal(card.send('00A4020C020002'), '9000')
      assert.equal(card.send('00B07F0000'), '6B00')
      assert.equal(card.send(signCommand(6, 0x80, digestInfo)), '6A86')
    })
  })
