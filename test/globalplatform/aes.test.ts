import assert from 'node:assert/strict'
import { createCipheriv } from 'node:crypto'
import { describe, test } from 'node:test'
import { cmac as otherCmac } from '@noble/ciphers/aes.js'
import fc from 'fast-check'
import { cmac, encryptCbc, wipeKey } from '../../src/applications/globalplatform/aes.ts'
import { fromHex } from '../../src/base/hex.ts'

const key = fc.constantFrom(16, 24, 32).chain((length) => fc.uint8Array({ minLength: length, maxLength: length }))
const opensslCbc = (secret: Uint8Array, iv: Uint8Array, data: Uint8Array) => {
  const cipher = createCipheriv(`aes-${secret.length * 8}-cbc`, secret, iv).setAutoPadding(false)
  return Uint8Array.from(Buffer.concat([cipher.update(data), cipher.final()]))
}

describe('AES under keys that are used again and again', () => {
  test('CMAC: the examples of RFC 4493, section 4', () => {
    const secret = fromHex('2b7e151628aed2a6abf7158809cf4f3c')
    const message = fromHex(
      '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
    )
    for (const [length, mac] of [
      [0, 'bb1d6929e95937287fa37d129b756746'],
      [16, '070a16b46b4d4144f79bdd9dd04a287c'],
      [40, 'dfa66747de9ae63030ca32611497c827'],
      [64, '51f0bebf7e3b9d92fc49741779363cfe'],
    ] as const) {
      assert.deepEqual(cmac(secret, message.subarray(0, length)), fromHex(mac))
    }
  })

  test('CBC as OpenSSL does it, CMAC as another library, parts cut anywhere', () => {
    fc.assert(
      fc.property(
        key,
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(300),
        (secret, iv, data, cut) => {
          const whole = data.subarray(0, data.length & ~15)
          assert.deepEqual(encryptCbc(secret, iv, whole), opensslCbc(secret, iv, whole))
          const expected = otherCmac(data, secret)
          assert.deepEqual(cmac(secret, data.subarray(0, cut), data.subarray(cut)), expected)
          assert.deepEqual(cmac(secret, data), expected)
        },
      ),
    )
  })

  test('an array that holds another key now is another key', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.nat(15),
        fc.integer({ min: 1, max: 255 }),
        (secret, at, change) => {
          const data = new Uint8Array(32)
          cmac(secret, data)
          secret[at] = (secret[at] as number) ^ change
          assert.deepEqual(cmac(secret, data), otherCmac(data, secret))
          wipeKey(secret)
          assert.ok(secret.every((octet) => octet === 0))
          assert.deepEqual(cmac(secret, data), otherCmac(data, new Uint8Array(16)))
        },
      ),
    )
  })

  test('what is no whole number of blocks is refused', () => {
    assert.throws(() => encryptCbc(new Uint8Array(16), new Uint8Array(16), new Uint8Array(15)), RangeError)
    assert.throws(() => encryptCbc(new Uint8Array(16), new Uint8Array(15), new Uint8Array(16)), RangeError)
  })
})
