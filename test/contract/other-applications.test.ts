/** 共通カードAP, 住基AP, 免許証カードAP, card manager: library ↔ chip (facts 1.7, 2.2, 2.3, 2.8, 3.3, 3.6). */
import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, verify } from 'node:crypto'
import { describe, test } from 'node:test'
import { cvRootKeys } from '../../applets-sim/factory/authority.ts'
import { CardManagerSession } from '../../src/applications/card-manager/card-manager-session.ts'
import { CommonSession } from '../../src/applications/common/common-session.ts'
import { JukiSession } from '../../src/applications/juki/juki-session.ts'
import {
  changeResidentRegisterPin,
  residentRegisterPinStatus,
} from '../../src/applications/juki/resident-register-pin.ts'
import { LicenceSession } from '../../src/applications/licence/licence-session.ts'
import { ascii } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import type { Transaction } from '../../src/card/transaction-hold.ts'
import { cellBytes, cellText, type LaidCard, layCard, sent, typed } from './laid-card.ts'
import { withLicence } from './with-licence.ts'

test('the card record and key references', async () => {
  const laid = await layCard()
  await laid.run(async (tx) => {
    const common = await CommonSession.open(tx)
    const record = await common.cardRecord()
    assert.equal(record?.serial, '990000000000001')
    assert.equal(record?.manufactureNumber, '0000000000001')
    assert.equal(record?.municipality, '13221')
    assert.equal(record?.expiry, cellText(laid.image, 'isd', '00F2'))
    const reference = await common.keyReference()
    assert.equal(reference?.length, 16)
    assert.deepEqual(await (await JukiSession.open(tx)).keyReference(), reference)
  })
})

test('INTERNAL AUTHENTICATE: deterministic, with the key of EF 0019', async () => {
  const laid = await layCard()
  const key = createPublicKey(
    createPrivateKey({ key: Buffer.from(cellBytes(laid.image, 'common', '0019.key')), format: 'der', type: 'pkcs8' }),
  )
  await laid.run(async (tx) => {
    const common = await CommonSession.open(tx)
    for (const challenge of [ascii('x'), new Uint8Array(255).fill(7)]) {
      const signed = await common.internalAuthenticate(challenge)
      assert.ok(signed.kind === 'signed' && verify('sha256', challenge, key, signed.signature))
      assert.deepEqual(await common.internalAuthenticate(challenge), signed)
    }
    await assert.rejects(common.internalAuthenticate(new Uint8Array(256)), RangeError)
  })
})

describe('the 住民基本台帳用 PIN, one to its holder and two on the card (facts 3.3)', () => {
  const counts = async (tx: Transaction) => {
    const common = await (await CommonSession.open(tx)).pinStatus()
    const juki = await (await JukiSession.open(tx)).pinStatus()
    return [common, juki].map((status) => (status.kind === 'open' ? status.triesLeft : 0))
  }
  const change = (tx: Transaction, current: string, next = '5678', lastTry: 'ask' | 'agreed' = 'ask') =>
    changeResidentRegisterPin(tx, { current: typed(current), next: typed(next), lastTry })

  test('changed in both', async () => {
    const laid = await layCard()
    await laid.run(async (tx) => {
      assert.deepEqual(await change(tx, '1234'), { kind: 'changed' })
      assert.deepEqual(await (await CommonSession.open(tx)).verifyPin(typed('5678')), { kind: 'verified' })
      assert.deepEqual(await (await JukiSession.open(tx)).verifyPin(typed('5678')), { kind: 'verified' })
    })
  })

  test('a wrong PIN spends one try of one half and changes nothing', async () => {
    const laid = await layCard()
    await laid.run(async (tx) => {
      assert.deepEqual(await change(tx, '9999'), { kind: 'wrongPin', triesLeft: 2 })
      assert.deepEqual(await counts(tx), [2, 3])
      assert.deepEqual(await residentRegisterPinStatus(tx), { kind: 'open', triesLeft: 2 })
    })
  })

  test('halves that differ: one try, nothing changed', async () => {
    const laid = await layCard({
      image: (image) => ({
        ...image,
        cells: { ...image.cells, juki: { ...image.cells['juki'], '001C.pin': hex(ascii('4321')) } },
      }),
    })
    await laid.run(async (tx) => {
      assert.deepEqual(await change(tx, '1234'), { kind: 'wrongPin', triesLeft: 2 })
      assert.deepEqual(await counts(tx), [3, 2])
    })
  })

  test('the last try of either half is asked for', async () => {
    const laid = await layCard({ overrides: { tries: { juki: 1 } } })
    await laid.run(async (tx) => {
      assert.deepEqual(await change(tx, '1234'), { kind: 'lastTry' })
      assert.equal(sent(laid, 0x20, true), 0)
      assert.deepEqual(await change(tx, '1234', '5678', 'agreed'), { kind: 'changed' })
    })
  })

  test('each half by its own verb, CHANGE KEY', async () => {
    const laid = await layCard()
    await laid.run(async (tx) => {
      for (const session of [() => CommonSession.open(tx), () => JukiSession.open(tx)]) {
        const half = await session()
        const changed = await half.changePin({ current: typed('1234'), next: typed('5678'), lastTry: 'ask' })
        assert.deepEqual(changed, { kind: 'changed' })
        assert.deepEqual(await half.verifyPin(typed('5678')), { kind: 'verified' })
      }
    })
    assert.equal(sent(laid, 0x32), 2)
  })
})

describe('card manager (facts 1.7)', () => {
  test('data objects, small and large', async () => {
    const laid = await layCard()
    await laid.run(async (tx) => {
      const manager = await CardManagerSession.open(tx)
      assert.deepEqual(await manager.cardData(), {
        municipality: '13221',
        expiry: cellText(laid.image, 'isd', '00F2'),
        certifier: '9000021/001',
      })
      for (const [name, cell] of [
        ['issuerIdentification', '0042'],
        ['cardIdentification', '0045'],
        ['recognitionData', '0066'],
        ['rootCertificate', '00F8'],
        ['lowerCertificate', '7F21'],
      ] as const)
        assert.deepEqual(await manager.dataObject(name), cellBytes(laid.image, 'isd', cell), name)
      assert.deepEqual(await manager.dataObject('contactAtr'), fromHex('E000FF8131FE4514'))
    })
  })

  test('the chain of card-verifiable certificates', async () => {
    const check = (laid: LaidCard, roots = cvRootKeys()) =>
      laid.run(async (tx) => (await CardManagerSession.open(tx)).checkChain(roots))
    assert.deepEqual(await check(await layCard()), { kind: 'good', lower: '9000022/001' })
    assert.deepEqual(await check(await layCard(), []), { kind: 'unknownIssuer', certifier: '9000020/001' })
    const older = await layCard({ overrides: { cells: { isd: { '7F21': null } } } })
    assert.deepEqual(await check(older), { kind: 'absent' })
    const swapped = await layCard({
      image: (image) => ({
        ...image,
        cells: { ...image.cells, isd: { ...image.cells['isd'], '7F21': image.cells['isd']?.['00F8'] ?? '' } },
      }),
    })
    assert.deepEqual(await check(swapped), { kind: 'forged', step: 'certificate' })
  })
})

test('the licence application: state, tries, default PIN (facts 2.8)', async () => {
  const laid = await layCard({ image: withLicence })
  await laid.run(async (tx) => {
    const licence = await LicenceSession.open(tx)
    assert.equal(await licence.pinIsSet(), false)
    assert.deepEqual(await licence.pinStatus(), { kind: 'open', triesLeft: 10 })
    assert.deepEqual(await licence.licence(), { kind: 'pinNeeded' })
    assert.deepEqual(await licence.verifyPin(typed('1234')), { kind: 'wrongPin', triesLeft: 9 })
    assert.deepEqual(await licence.verifyDefaultPin(), { kind: 'verified' })
    const content = await licence.licence()
    assert.ok(content.kind === 'read')
    assert.deepEqual(content.bytes, cellBytes(laid.image, 'licence', '001B'))
    assert.equal((await licence.signature()).kind, 'read')
  })
})
