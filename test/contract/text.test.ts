/** 券面事項入力補助AP: library ↔ chip, every verb (facts 2.5, 3.7, 3.8). */
import assert from 'node:assert/strict'
import { constants, createHash, createPublicKey, verify } from 'node:crypto'
import { describe, test } from 'node:test'
import { cvRootKeys } from '../../applets-sim/factory/authority.ts'
import { seededRandom } from '../../applets-sim/os/seeded-random.ts'
import type { CardKey } from '../../src/applications/genuine/card-key.ts'
import { TextSession } from '../../src/applications/text/text-session.ts'
import { ascii, utf8 } from '../../src/base/bytes.ts'
import { hex } from '../../src/base/hex.ts'
import type { Transaction } from '../../src/card/transaction-hold.ts'
import { rsaPublicKey } from '../../src/pki/algorithm.ts'
import { cellText, layCard, sent, typed } from './laid-card.ts'

const roots = cvRootKeys()
/** As Node gives random bytes: a Buffer, whose slice() is a view. */
const random = { bytes: (length: number) => Buffer.from(seededRandom('text').bytes(length)) }

const withPin = async (tx: Transaction): Promise<TextSession> => {
  const text = await TextSession.open(tx)
  assert.deepEqual(await text.verify('pin', typed('1234')), { kind: 'verified' })
  return text
}

const publicKey = ({ modulus, exponent }: CardKey) =>
  createPublicKey({ key: Buffer.from(rsaPublicKey(modulus, exponent)), format: 'der', type: 'spki' })

describe('who opens what (facts 2.5)', () => {
  const rows = [
    ['pin', '0011.pin', 'read', 'read'],
    ['codeA', '0014.pin', 'read', 'pinNeeded'],
    ['codeB', '0015.pin', 'pinNeeded', 'read'],
  ] as const
  for (const [pin, cell, myNumber, basicFour] of rows)
    test(pin, async () => {
      const laid = await layCard()
      await laid.run(async (tx) => {
        const text = await TextSession.open(tx)
        assert.equal((await text.myNumber()).kind, 'pinNeeded')
        assert.deepEqual(await text.verify(pin, typed(cellText(laid.image, 'text', cell))), { kind: 'verified' })
        assert.equal((await text.myNumber()).kind, myNumber)
        assert.equal((await text.basicFour()).kind, basicFour)
        assert.equal((await text.checkGenuine({ roots, random })).kind, 'genuine')
        const check = await text.checkRecords(roots)
        assert.deepEqual(check, { kind: 'authentic', myNumber: myNumber === 'read', basicFour: basicFour === 'read' })
      })
    })
})

test('records, with and without the longer length (facts 2.5, 10)', async () => {
  for (const longBasicFour of [false, true]) {
    const laid = await layCard({ overrides: { longBasicFour } })
    await laid.run(async (tx) => {
      const text = await withPin(tx)
      assert.deepEqual(await text.myNumber(), { kind: 'read', value: '123456789018' })
      assert.deepEqual(await text.basicFour(), {
        kind: 'read',
        value: { name: '番号　花子', address: '東京都清瀬市見本町１－２－３', birth: '19890331', sex: 'female' },
      })
      assert.deepEqual(await text.version(), {
        kind: 'read',
        value: { specification: 1, extendedLengths: true, vendor: 0x0e, option: 1 },
      })
    })
  }
})

test('an address of many characters is read whole', async () => {
  const address = '東京都清瀬市見本町'.repeat(20)
  const laid = await layCard({ overrides: { holder: { address } } })
  const content = await laid.run(async (tx) => (await withPin(tx)).basicFour())
  assert.ok(content.kind === 'read')
  assert.equal(content.value.address, address)
})

test('leading filler is passed over (facts 10)', async () => {
  const laid = await layCard({
    image: (image) => {
      const text = image.cells['text'] ?? {}
      return { ...image, cells: { ...image.cells, text: { ...text, '0002': `FFFF${text['0002']}` } } }
    },
  })
  const content = await laid.run(async (tx) => (await withPin(tx)).basicFour())
  assert.ok(content.kind === 'read')
  assert.equal(content.value.name, '番号　花子')
})

test('PIN: status, wrong, change, and the reference that is blocked on every card', async () => {
  const laid = await layCard()
  await laid.run(async (tx) => {
    const text = await TextSession.open(tx)
    assert.deepEqual(await text.pinStatus('codeB'), { kind: 'open', triesLeft: 10 })
    assert.deepEqual(await text.verify('codeA', typed('000000000000')), { kind: 'wrongPin', triesLeft: 9 })
    assert.deepEqual(await text.changePin({ current: typed('1234'), next: typed('5678'), lastTry: 'ask' }), {
      kind: 'changed',
    })
    assert.deepEqual(await text.verify('pin', typed('1234')), { kind: 'wrongPin', triesLeft: 2 })
    assert.deepEqual(await text.verify('pin', typed('5678')), { kind: 'verified' })
  })
})

test('signatures with the key that needs no PIN, checked with the key of EF 0007', async () => {
  const laid = await layCard()
  await laid.run(async (tx) => {
    const text = await withPin(tx)
    const key = await text.publicKey()
    assert.ok(key.kind === 'read')
    const message = ascii('challenge')
    const hash = createHash('sha256').update(message).digest()
    const pkcs1 = await text.sign('pkcs1OfMessage', message)
    assert.ok(pkcs1.kind === 'signed' && verify('sha256', message, publicKey(key.value), pkcs1.signature))
    const pss = await text.sign('pssOfHash', hash)
    const how = { key: publicKey(key.value), padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
    assert.ok(pss.kind === 'signed' && verify('sha256', message, how, pss.signature))
  })
})

describe('secure messaging (facts 3.7)', () => {
  test('needs the PIN; 照合番号A is not enough', async () => {
    const laid = await layCard()
    await laid.run(async (tx) => {
      const text = await TextSession.open(tx)
      assert.deepEqual(await text.secure(random), { kind: 'pinNeeded' })
      await text.verify('codeA', typed(cellText(laid.image, 'text', '0014.pin')))
      assert.deepEqual(await text.secure(random), { kind: 'pinNeeded' })
    })
  })

  test('the same records as in the clear, and nothing of them on the wire', async () => {
    const laid = await layCard({ overrides: { holder: { address: '東京都清瀬市見本町'.repeat(20) } } })
    const wire: string[] = []
    const transmit = laid.chip.transmit.bind(laid.chip)
    await laid.run(async (tx) => {
      const text = await withPin(tx)
      const [number, four] = [await text.myNumber(), await text.basicFour()]
      assert.deepEqual(await text.secure(random), { kind: 'secured' })
      assert.equal(text.isSecure, true)
      const before = laid.trace.length
      laid.chip.transmit = (command) => {
        const answer = transmit(command)
        wire.push(hex(command), hex(answer))
        return answer
      }
      assert.deepEqual(await text.myNumber(), number)
      assert.deepEqual(await text.basicFour(), four)
      assert.deepEqual(await text.checkRecords(roots), { kind: 'authentic', myNumber: true, basicFour: true })
      assert.deepEqual(await text.verify('codeB', typed('99999999999999')), { kind: 'wrongPin', triesLeft: 9 })
      assert.deepEqual(await text.verify('pin', typed('1234')), { kind: 'verified' })
      assert.ok(laid.trace.slice(before).every(({ cla }) => cla === 0x08))
    })
    assert.ok(wire.length > 20)
    for (const clear of ['123456789018', '99999999999999', '19890331'])
      assert.ok(!wire.some((bytes) => bytes.includes(hex(ascii(clear)))), clear)
    assert.ok(!wire.some((bytes) => bytes.includes(hex(utf8('番号')))))
  })

  test('what it cannot carry is refused before it is sent', async () => {
    const laid = await layCard()
    await laid.run(async (tx) => {
      const text = await withPin(tx)
      await text.secure(random)
      const before = laid.trace.length
      assert.throws(() => text.sign('pkcs1OfMessage', ascii('x')), TypeError)
      assert.throws(() => text.changePin({ current: typed('1234'), next: typed('5678'), lastTry: 'ask' }), TypeError)
      assert.equal(laid.trace.length, before)
    })
    assert.equal(sent(laid, 0x24), 0)
  })
})
