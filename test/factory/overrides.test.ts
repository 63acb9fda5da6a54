import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { eraDigits, eraOf } from '../../applets-sim/factory/era.ts'
import { HANAKO, taro } from '../../applets-sim/factory/holder.ts'
import { factoryKey, KEY_PURPOSES, pooledKeys } from '../../applets-sim/factory/key-source.ts'
import { isMyNumber, myNumberCheckDigit } from '../../applets-sim/factory/my-number.ts'
import { CardOverrideError, type CardOverrides } from '../../applets-sim/factory/overrides.ts'
import { makeCardImage, PROFILES, planCard, profileTitle } from '../../applets-sim/factory/profiles.ts'
import { cell, fixedClock } from './reading.ts'

const make = (overrides: CardOverrides = {}) => makeCardImage('resident', overrides, { clock: fixedClock })

describe('My Number (facts 9.2)', () => {
  test('the check digit of the published test number', () => {
    assert.equal(myNumberCheckDigit('53768667718'), '8')
    for (const person of [HANAKO, taro(2018)]) assert.ok(isMyNumber(person.myNumber))
  })

  test('one wrong digit is noticed, unless both remainders give 0', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{11}$/), fc.nat(10), fc.integer({ min: 1, max: 9 }), (digits, place, step) => {
        const number = digits + myNumberCheckDigit(digits)
        assert.ok(isMyNumber(number))
        const other = (Number(digits[place]) + step) % 10
        const changed = digits.slice(0, place) + other + digits.slice(place + 1)
        if (myNumberCheckDigit(changed) !== '0' || number[11] !== '0')
          assert.equal(isMyNumber(changed + number[11]), false)
      }),
    )
    assert.equal(isMyNumber('12345678901'), false)
    assert.throws(() => myNumberCheckDigit('1234'), RangeError)
  })
})

describe('eras (facts 3.1, 5.4)', () => {
  test('boundaries lie within the year', () => {
    assert.equal(eraDigits('19800217'), '550217')
    for (const [date, digit, year] of [
      ['19890107', 3, 64],
      ['19890108', 4, 1],
      ['20190430', 4, 31],
      ['20190501', 5, 1],
      ['19261224', 2, 15],
      ['19120730', 2, 1],
      ['18680125', 1, 1],
    ] as const)
      assert.deepEqual([eraOf(date).digit, eraOf(date).year], [digit, year], date)
    assert.throws(() => eraOf('18680124'), RangeError)
  })
})

describe('overrides', () => {
  test('the same inputs give the same image; profiles differ', async () => {
    const images = await Promise.all(PROFILES.map((name) => makeCardImage(name, {}, { clock: fixedClock })))
    const again = await Promise.all(PROFILES.map((name) => makeCardImage(name, {}, { clock: fixedClock })))
    assert.deepEqual(again, images)
    const serials = images.map((image) => cell(image, 'common', '0001/01').toString('latin1', 2, 17))
    assert.equal(new Set(serials).size, PROFILES.length, 'every profile has its own serial')
    for (const [i, image] of images.entries()) {
      assert.deepEqual(
        [image.format, image.version, image.simulated, image.profile],
        ['madoguchi-card', 1, true, PROFILES[i]],
      )
      assert.ok(profileTitle(image.profile as (typeof PROFILES)[number]).length > 10)
      assert.deepEqual(JSON.parse(JSON.stringify(image)), image, 'an image is plain data')
    }
  })

  test('any field of the holder, PIN, try counter, chip and cell', async () => {
    const image = await make({
      serial: '123456789012345',
      holder: { name: '見本　次郎', birth: '20000229', sex: '9', securityCode: '9876' },
      produced: '20240501',
      pins: { auth: '9999', sign: 'ZZZ999', birth: null },
      tries: { auth: 1 },
      chip: { generation: 'DA', firstCommandFails: true },
      cells: { jpki: { '0008': 'cafe', '0009': null }, gp: { scp: '60' } },
    })
    assert.equal(cell(image, 'common', '0001/01').toString('latin1', 2), '1234567890123451322120340228')
    assert.equal(cell(image, 'visual', '0012.pin').toString(), '12022920349876')
    assert.equal(image.cells['visual']?.['0011.pin'], undefined)
    assert.equal(cell(image, 'jpki', '0018.pin').toString(), '9999')
    assert.equal(cell(image, 'jpki', '0018.tries')[0], 1)
    assert.deepEqual(image.chip, {
      generation: 'DA',
      contactlessAtr: '000005E0B381A1',
      firstCommandFails: true,
      getResponse: false,
    })
    assert.equal(image.cells['jpki']?.['0008'], 'CAFE')
    assert.equal(image.cells['jpki']?.['0009'], undefined)
    assert.equal(image.cells['gp']?.['scp'], '60')
  })

  test('one field of the municipality alone', async () => {
    const image = await make({ holder: { municipality: { code: '13101' } } })
    assert.equal(cell(image, 'isd', '00F0').toString(), '13101')
    assert.equal(
      planCard('resident', { holder: { municipality: { name: '見本市' } } }).holder.municipality.code,
      '13221',
    )
  })

  test('the expired card was issued by an authority that was there already', async () => {
    const { certificates } = planCard('expired', {}, fixedClock)
    assert.ok((certificates.auth?.issued ?? '') >= '20160104', 'issuing of the cards began in January 2016')
    assert.ok((certificates.auth?.issued ?? '') >= '20150401', 'the test authorities are valid from then')
  })

  test('dates may contradict each other: a card for every case can be made', () => {
    const plan = planCard('resident', { authExpiry: '20260101', certificates: { sign: false } }, fixedClock)
    assert.deepEqual(plan.certificates, { auth: { issued: '20250105', expiry: '20260101' } })
    assert.equal(
      planCard('resident', { authExpiry: '20270101' }, fixedClock).certificates.sign?.expiry,
      '20270101',
      'sign ends with auth',
    )
    assert.equal(planCard('child', { certificates: { sign: true } }, fixedClock).certificates.sign?.issued, '20250105')
  })

  test('what cannot be is refused with the path and a sentence, without the value', async () => {
    const refused: readonly (readonly [data: unknown, path: string, says: RegExp])[] = [
      [{ holder: { birth: '20230230' } }, 'holder.birth', /calendar date/],
      [{ holder: { myNumber: '123456789012' } }, 'holder.myNumber', /check digit/],
      [{ holder: { municipality: { code: '1' } } }, 'holder.municipality.code', /5 digits/],
      [{ tries: { sign: 6 } }, 'cells.jpki.001B.tries', /more tries left than the limit 05/],
      [{ holder: { name: '' } }, 'holder.name', /empty/],
      [{ holder: { name: 'a\nb' } }, 'holder.name', /control/],
      [{ holder: { pets: 2 } }, 'holder.pets', /not a field/],
      [{ serial: '1' }, 'serial', /15 digits/],
      [{ pins: { auth: '１２３４' } }, 'pins.auth', /ASCII/],
      [{ pins: { puk: '1' } }, 'pins.puk', /not a field/],
      [{ tries: { sign: 16 } }, 'tries.sign', /at most 15/],
      [{ tries: { sign: 1.5 } }, 'tries.sign', /./],
      [{ generation: 3 }, 'generation', /./],
      [{ chip: { generation: 'X' } }, 'chip.generation', /./],
      [{ chip: { contactlessAtr: '00' } }, 'chip.contactlessAtr', /7 octets/],
      [{ cells: { jpki: { '0001': 'xyz' } } }, 'cells.jpki.0001', /hexadecimal/],
      [{ cells: { jpki: { 'a b': '00' } } }, 'cells.jpki.a b', /name of a cell/],
      [{ cells: { Other: {} } }, 'cells.Other', /name of an application/],
      [{ cells: { other: { '0001': '00' } } }, 'cells.other', /must be one of isd/],
      [{ cells: { jpki: { '000a': '00' } } }, 'cells.jpki.000a', /no such cell/],
      [{ cells: { gp: { registry: '00' } } }, 'cells.gp.registry', /cannot be read/],
      [{ colour: 'red' }, 'colour', /not a field/],
      ['a text', '', /./],
    ]
    for (const [data, path, says] of refused)
      await assert.rejects(make(data as CardOverrides), (error) => {
        assert.ok(error instanceof CardOverrideError, String(error))
        assert.equal(error.path, path)
        assert.match(error.message, says)
        return true
      })
    await assert.rejects(
      make({ pins: { auth: '秘密' } }),
      (error) => error instanceof Error && !error.message.includes('秘密'),
    )
  })

  test('any data at all gives an image or CardOverrideError', () => {
    fc.assert(
      fc.property(fc.anything(), (data) => {
        try {
          planCard('resident', data as CardOverrides, fixedClock)
        } catch (error) {
          assert.ok(error instanceof CardOverrideError, String(error))
        }
      }),
      { numRuns: 300 },
    )
  })

  test('odd names make cards (P17)', async () => {
    for (const name of [
      '邉󠄂　辻󠄀',
      '𠮷野　髙﨑',
      'ＪＯＨＮ　ＳＭＩＴＨ　ＡＬＥＸＡＮＤＥＲ　ＣＨＲＩＳＴＯＰＨＥＲ',
      'ン',
      '名'.repeat(100),
    ]) {
      const image = await make({ holder: { name } })
      assert.ok(cell(image, 'text', '0002').includes(name))
      assert.ok(cell(image, 'jpki', '0001').includes(name))
    }
    await make({ holder: { address: '丁'.repeat(200) } })
  })
})

describe('keys', () => {
  test('a serial always gets the same six keys, no two of them equal; other serials get others', () => {
    const of = (serial: string) =>
      KEY_PURPOSES.map((purpose) => Buffer.from(pooledKeys(purpose, serial).pkcs8).toString('base64'))
    fc.assert(
      fc.property(fc.stringMatching(/^\d{15}$/), (serial) => {
        const keys = of(serial)
        assert.equal(new Set(keys).size, KEY_PURPOSES.length)
        assert.deepEqual(of(serial), keys)
      }),
      { numRuns: 30 },
    )
    assert.notDeepEqual(of('990000000000001'), of('990000000000002'))
  })

  test('every key of the pools is RSA-2048 with exponent 65537', async () => {
    for (const name of ['card-keys', 'authority-keys']) {
      const pool = await import(`../../applets-sim/factory/keys/${name}.json`, { with: { type: 'json' } })
      assert.match(pool.default.note, /SIMULATED/)
      assert.equal(new Set(pool.default.keys).size, pool.default.keys.length)
      for (const text of pool.default.keys) {
        const { asymmetricKeyDetails } = createPrivateKey({
          key: Buffer.from(text, 'base64'),
          format: 'der',
          type: 'pkcs8',
        })
        assert.deepEqual(asymmetricKeyDetails, { modulusLength: 2048, publicExponent: 65537n })
      }
    }
  })

  test('another source of keys can be given', async () => {
    const one = pooledKeys('auth', '1')
    const image = await makeCardImage('resident', {}, { clock: fixedClock, keys: () => one })
    assert.equal(image.cells['jpki']?.['0017.key'], image.cells['common']?.['0019.key'])
    assert.deepEqual(factoryKey(one.pkcs8).spki, one.spki)
  })
})
