/** The deterministic vectors of the facts page, from the client's side, byte for byte (facts: "Deterministic vectors"). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  authenticate,
  initializeUpdate,
  parseGreeting,
} from '../../src/applications/globalplatform/initialize-update.ts'
import { keySet } from '../../src/applications/globalplatform/key-set.ts'
import { pseudoRandomChallenge, sessionKeys } from '../../src/applications/globalplatform/scp03-derivation.ts'
import { wrap } from '../../src/applications/globalplatform/scp03-session.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { decodeCommand, encodeCommand } from '../../src/card/command.ts'

const ISD = fromHex('A000000151000000')
const KDD = '00010203040506070809'

const from40 = (length: number) => Uint8Array.from({ length }, (_, i) => 0x40 + i)
const keys = (length: number) => keySet(0xff, from40(length))

interface Vector {
  readonly name: string
  readonly keyLength: number
  readonly hostChallenge: string
  /** INITIALIZE UPDATE data after the ten bytes of diversification data. */
  readonly greeting: string
  readonly sessionEnc?: string
  readonly sessionMac?: string
  readonly sessionRmac?: string
  readonly externalAuthenticate: string
}

const VECTORS: readonly Vector[] = [
  {
    name: 'AES-128',
    keyLength: 16,
    hostChallenge: '0001020304050607',
    greeting: 'ff037086c8bd65fa1044ee7ced45f4c595bc4b000001',
    sessionEnc: '3af1bb59a13d6f7be025cd9c6bb89b49',
    sessionMac: '590581b85a754f2ce087139c1ac67342',
    sessionRmac: '763df686b1b1f2b417d9978a458866b8',
    externalAuthenticate: '8482330010dd233ef86835d803429064d41d13d185',
  },
  {
    name: 'AES-192',
    keyLength: 24,
    hostChallenge: '0001020304050607',
    greeting: 'ff0370d1afb7b2d3c91e5eebcc935e03085b2b000001',
    sessionEnc: 'cbe4419657c3b49a128b0d30ff48f830e3e848d2d5c1b76a',
    externalAuthenticate: '84823300108c5d5a0c35564a799daaed3cba0bb3e4',
  },
  {
    name: 'AES-256',
    keyLength: 32,
    hostChallenge: '0001020304050607',
    greeting: 'ff0370f6143aff76d5d182dc6c37e93b2b8eca000001',
    externalAuthenticate: '8482330010462d44d267c8b77ba6536eef097b0f5d',
  },
  {
    name: 'S16, AES-128',
    keyLength: 16,
    hostChallenge: '000102030405060708090A0B0C0D0E0F',
    greeting: 'ff03716924434c956736c8ee6122e8a3fc612f4a9db39586c07e649edcdfb3396ed482000001',
    externalAuthenticate: '848233002034f2f819d94cfc006d737b5aa42999b2c6bbb437668b6c3f5b4c01afc8252cc0',
  },
]

function openVector(vector: Vector) {
  const host = fromHex(vector.hostChallenge)
  const card = parseGreeting(fromHex(KDD + vector.greeting), host.length)
  assert.ok(card, 'the INITIALIZE UPDATE answer parses')
  return { host, card, set: keys(vector.keyLength) }
}

for (const vector of VECTORS) {
  test(`${vector.name}: INITIALIZE UPDATE, session keys and EXTERNAL AUTHENTICATE`, () => {
    const { host, card, set } = openVector(vector)
    assert.equal(
      hex(encodeCommand(initializeUpdate(0, host).apdu)),
      `80500000${host.length === 8 ? '08' : '10'}${vector.hostChallenge}00`,
    )
    assert.equal(hex(card.identification), KDD)
    assert.equal(card.keyVersion, 0xff)
    assert.equal(hex(card.sequenceCounter ?? new Uint8Array()), '000001')
    const session = sessionKeys(set, host, card.challenge)
    if (vector.sessionEnc) assert.equal(hex(session.enc).toLowerCase(), vector.sessionEnc)
    if (vector.sessionMac) assert.equal(hex(session.mac).toLowerCase(), vector.sessionMac)
    if (vector.sessionRmac) assert.equal(hex(session.rmac).toLowerCase(), vector.sessionRmac)
    // Throws when the card's cryptogram is not the one these keys give.
    const answer = authenticate(set, host, card, 0x33)
    assert.equal(hex(answer.apdu).toLowerCase(), vector.externalAuthenticate)
  })

  test(`${vector.name}: the card's challenge is the pseudo-random one of 6.2.2.1`, () => {
    const { card, set } = openVector(vector)
    const again = pseudoRandomChallenge(set.enc, card.sequenceCounter ?? ISD, ISD, card.challenge.length)
    assert.equal(hex(card.challenge), hex(again))
  })
}

test('AES-128, level 33: the first commands after EXTERNAL AUTHENTICATE, with and without data', () => {
  const { host, card, set } = openVector(VECTORS[0] as Vector)
  const { session } = authenticate(set, host, card, 0x33)
  const plain = (text: string) => decodeCommand(fromHex(text)) ?? assert.fail(`${text} is no command`)
  const first = wrap(session, plain('80F28002024F00'))
  assert.equal(hex(first.apdu).toLowerCase(), '84f2800218475b7557c8c1459cce532d1d4c2635ceb879977311fc0b1900')
  const second = wrap(first.next, plain('80CA00E0'))
  assert.equal(hex(second.apdu).toLowerCase(), '84ca00e0086f140373f48413a800')
  const withLe = wrap(first.next, plain('80CA00E000'))
  assert.deepEqual(withLe.apdu, second.apdu, 'Le takes no part in the MAC')
})
