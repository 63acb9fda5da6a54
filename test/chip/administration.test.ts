/** The issuer's writes (facts 3.4, 7.6, 11; docs/decisions/0008): allowed by the access table alone. */
import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { describe, test } from 'node:test'
import { STANDARD_APPLICATIONS } from '../../applets-sim/applications/standard-applications.ts'
import {
  type Administered,
  disablePin,
  generateKey,
  putKey,
  resetPin,
  setLifeCycle,
  writeFile,
  writeRecord,
} from '../../applets-sim/os/administration.ts'
import { systemKeys } from '../../applets-sim/os/system-ports.ts'
import { ascii } from '../../src/base/bytes.ts'
import { fromHex } from '../../src/base/hex.ts'
import { type ApplicationName, PINS, signCommand, type TestCard, testCard } from './card.ts'

const issuer = (card: TestCard, name: ApplicationName): Administered => {
  const found = STANDARD_APPLICATIONS.find(({ layout }) => layout.name === name)
  if (found === undefined) throw new RangeError(name)
  return { services: { memory: card.card.memory, keys: systemKeys }, application: found.compiled }
}
const jpki = () => {
  const card = testCard()
  card.select('jpki')
  return { card, target: issuer(card, 'jpki') }
}

describe('the issuer', () => {
  test('replaces a file, and takes one off the card', () => {
    const { card, target } = jpki()
    assert.equal(writeFile(target, 0x08, fromHex('008F00')), 0x9000)
    assert.equal(card.send('00B0880003'), '008F009000')
    assert.equal(writeFile(target, 0x01, undefined), 0x9000)
    assert.equal(card.sw('00A4020C020001'), '6A82')
  })

  test('writes a record', () => {
    const card = testCard()
    card.select('common')
    assert.equal(writeRecord(issuer(card, 'common'), 2, 2, fromHex('0101AA')), 0x9000)
    assert.equal(card.send('00B2021400'), '0101AA9000')
    assert.equal(writeRecord(issuer(card, 'common'), 2, 0, fromHex('01')), 0x6a86)
  })

  test('resets a blocked PIN', () => {
    const { card, target } = jpki()
    for (let i = 0; i < 3; i++) card.verify(0x18, '0000')
    assert.equal(resetPin(target, 0x18, ascii('5678')), 0x9000)
    assert.equal(card.verify(0x18, PINS.auth), '63C2')
    assert.equal(card.verify(0x18, '5678'), '9000')
    assert.equal(resetPin(target, 0x18, ascii('567')), 0x6700)
    assert.equal(resetPin(target, 0x1b, ascii('abc123')), 0x6a80)
  })

  test('makes a 顔認証 card and takes it back (F11–F15)', () => {
    const { card, target } = jpki()
    assert.equal(disablePin(target, 0x18), 0x9000)
    assert.equal(card.sw('00200098'), '63C0')
    assert.equal(card.verify(0x18, PINS.auth), '6984')
    assert.equal(resetPin(target, 0x18, ascii('4321')), 0x9000)
    assert.equal(card.verify(0x18, '4321'), '9000')
  })

  test('has a key pair made on the card', () => {
    const { card, target } = jpki()
    const spki = generateKey(target, 0x17)
    assert.ok(typeof spki !== 'number')
    card.verify(0x18, PINS.auth)
    const response = fromHex(card.send(signCommand(3, 0x97, '1234')))
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
    assert.ok(verify('sha256', fromHex('1234'), key, response.subarray(0, -2)))
  })

  test('puts a key, and destroys it', () => {
    const { card, target } = jpki()
    const pkcs8 = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      format: 'der',
      type: 'pkcs8',
    })
    assert.ok(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }))
    assert.equal(putKey(target, 0x1a, pkcs8), 0x9000)
    assert.equal(putKey(target, 0x1a, fromHex('3000')), 0x6a80)
    card.verify(0x1b, PINS.sign)
    assert.match(card.send(signCommand(3, 0x9a, '1234')), /9000$/)
    assert.equal(putKey(target, 0x1a, undefined), 0x9000)
    assert.equal(card.sw(signCommand(3, 0x9a, '1234')), '6A88')
  })

  test('locks an application and unlocks it, all its content kept', () => {
    const { card, target } = jpki()
    setLifeCycle(target, 'locked')
    card.select('isd')
    assert.equal(card.sw('00A4040C0AD392F000260100000001'), '6283')
    assert.equal(card.verify(0x18, PINS.auth), '6985')
    assert.equal(writeFile(target, 0x08, fromHex('00')), 0x6982, 'not even the issuer writes into it')
    setLifeCycle(target, 'personalised')
    card.select('isd')
    card.select('jpki')
    assert.equal(card.verify(0x18, PINS.auth), '9000')
  })

  test('is bound by the table: wrong kinds, absent objects', () => {
    const { target } = jpki()
    for (const [what, sw] of [
      [writeFile(target, 0x18, ascii('1234')), 0x6982],
      [writeFile(target, 0x17, fromHex('00')), 0x6982],
      [writeFile(target, 0x03, fromHex('00')), 0x6a82],
      [writeRecord(target, 0x08, 1, fromHex('00')), 0x6981],
      [resetPin(target, 0x17, ascii('1234')), 0x6982],
      [putKey(target, 0x18, undefined), 0x6982],
      [generateKey(target, 0x16), 0x6982],
    ] as const)
      assert.equal(what, sw)
  })
})
