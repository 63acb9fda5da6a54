/** The deterministic vectors of the facts page (globalplatform-scp03.md), byte for byte, on the card's side. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AesKey, keyCheckValue } from '../../applets-sim/globalplatform/aes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { exchange, poweredCard } from './card.ts'

const lower = (text: string) => text.toLowerCase()

test('AES-CMAC: RFC 4493 and SP 800-38B examples', () => {
  const message = fromHex(
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
  )
  const cmac = (key: string, length: number) => lower(hex(new AesKey(fromHex(key)).cmac(message.subarray(0, length))))
  const aes128 = '2b7e151628aed2a6abf7158809cf4f3c'
  assert.equal(cmac(aes128, 0), 'bb1d6929e95937287fa37d129b756746')
  assert.equal(cmac(aes128, 16), '070a16b46b4d4144f79bdd9dd04a287c')
  assert.equal(cmac(aes128, 40), 'dfa66747de9ae63030ca32611497c827')
  assert.equal(cmac(aes128, 64), '51f0bebf7e3b9d92fc49741779363cfe')
  const aes192 = '8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b'
  assert.equal(cmac(aes192, 0), 'd17ddf46adaacde531cac483de7a9367')
  assert.equal(cmac(aes192, 40), '8a1de5be2eb31aad089a82e6ee908b0e')
  const aes256 = '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4'
  assert.equal(cmac(aes256, 16), '28a7023f452e8f82bd4bf28d8c37c35c')
  assert.equal(cmac(aes256, 64), 'e1992190549f6ed5696a2c056c315410')
  assert.equal(hex(keyCheckValue(new AesKey(fromHex('404142434445464748494A4B4C4D4E4F')))), '504A77')
})

test('AES-128, i = 70, level 33', () => {
  const card = poweredCard()
  assert.equal(
    lower(exchange(card, '8050000008000102030405060700')),
    '00010203040506070809ff037086c8bd65fa1044ee7ced45f4c595bc4b0000019000',
  )
  assert.equal(exchange(card, '8482330010dd233ef86835d803429064d41d13d185'), '9000')
  const listing = lower(exchange(card, '84f2800218475b7557c8c1459cce532d1d4c2635ceb879977311fc0b1900'))
  assert.match(listing, /9000$/)
  assert.equal(listing.length % 32, (8 + 2) * 2, 'ciphertext in whole blocks, R-MAC, status word')
  assert.match(exchange(card, '84ca00e0086f140373f48413a800'), /9000$/)
})

for (const [length, answer, authenticate] of [
  [24, '0370d1afb7b2d3c91e5eebcc935e03085b2b000001', '84823300108c5d5a0c35564a799daaed3cba0bb3e4'],
  [32, '0370f6143aff76d5d182dc6c37e93b2b8eca000001', '8482330010462d44d267c8b77ba6536eef097b0f5d'],
] as const)
  test(`AES-${length * 8}, i = 70`, () => {
    const card = poweredCard({ keyLength: length })
    const response = lower(exchange(card, '8050000008000102030405060700'))
    assert.equal(response, `00010203040506070809ff${answer}9000`)
    assert.equal(exchange(card, authenticate), '9000')
  })

test('AES-128, S16 (i = 71)', () => {
  const card = poweredCard({ i: 0x71 })
  assert.equal(
    lower(exchange(card, '8050000010000102030405060708090a0b0c0d0e0f00')),
    '00010203040506070809ff03716924434c956736c8ee6122e8a3fc612f4a9db39586c07e649edcdfb3396ed4820000019000',
  )
  const authenticate = '848233002034f2f819d94cfc006d737b5aa42999b2c6bbb437668b6c3f5b4c01afc8252cc0'
  assert.equal(exchange(card, authenticate), '9000')
})
