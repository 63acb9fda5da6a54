/** 券面事項確認AP: library ↔ chip, every verb (facts 2.4, 3.1, 3.8). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { cvRootKeys } from '../../applets-sim/factory/authority.ts'
import { seededRandom } from '../../applets-sim/os/seeded-random.ts'
import { birthDateKey, codeB } from '../../src/applications/visual/verification-numbers.ts'
import { VisualSession } from '../../src/applications/visual/visual-session.ts'
import { ascii } from '../../src/base/bytes.ts'
import { hex } from '../../src/base/hex.ts'
import { Secret } from '../../src/base/secret.ts'
import { cellText, type LaidCard, layCard, typed } from './laid-card.ts'

const options = { roots: cvRootKeys(), random: seededRandom('visual') }

const printed = ({ image }: LaidCard) =>
  codeB({
    birth: '19890331',
    expiryYear: Number(cellText(image, 'isd', '00F2').slice(0, 4)),
    securityCode: ascii('1234'),
  })

describe('the numbers on the face (facts 3.1)', () => {
  test('published vector, era boundaries', () => {
    assert.deepEqual(
      codeB({ birth: '19800217', expiryYear: 2035, securityCode: ascii('2285') }),
      ascii('55021720352285'),
    )
    for (const [birth, key] of [
      ['19800217', '550217'],
      ['19890107', '640107'],
      ['19890108', '010108'],
      ['20190430', '310430'],
      ['20190501', '010501'],
      ['19261224', '151224'],
      ['19261225', '011225'],
      ['19120730', '010730'],
    ] as const)
      assert.deepEqual(birthDateKey(birth), ascii(key), birth)
  })

  test('what cannot be printed on a card is refused', () => {
    for (const birth of ['18680124', '20230229', '2023-01-01', '']) assert.throws(() => birthDateKey(birth), RangeError)
    const good = { birth: '19890331', expiryYear: 2030, securityCode: ascii('1234') }
    assert.throws(() => codeB({ ...good, securityCode: ascii('123') }), RangeError)
    assert.throws(() => codeB({ ...good, expiryYear: 30 }), RangeError)
  })
})

test('the birth date opens the age record alone', async () => {
  const laid = await layCard()
  await laid.run(async (tx) => {
    const visual = await VisualSession.open(tx)
    assert.deepEqual(await visual.verify('birth', new Secret(birthDateKey('19890331'))), { kind: 'verified' })
    const age = await visual.age()
    assert.ok(age.kind === 'read')
    assert.equal(age.value.birth, '19890331')
    assert.equal((await visual.face()).kind, 'pinNeeded')
    assert.deepEqual(await visual.checkGenuine('face', options), { kind: 'pinNeeded' })
    assert.equal((await visual.checkGenuine('age', options)).kind, 'genuine')
  })
})

test('照合番号B opens the front', async () => {
  const laid = await layCard()
  await laid.run(async (tx) => {
    const visual = await VisualSession.open(tx)
    assert.deepEqual(await visual.verify('codeB', new Secret(printed(laid))), { kind: 'verified' })
    const face = await visual.face()
    assert.ok(face.kind === 'read')
    assert.equal(face.value.birth, '19890331')
    assert.equal(face.value.sex, 'female')
    assert.equal(hex(face.value.name.subarray(0, 4)), '89504E47')
    assert.equal(hex(face.value.address.subarray(0, 4)), '89504E47')
    assert.match(hex(face.value.photo.subarray(0, 12)), /^(FF4FFF51|0000000C6A502020)/)
    assert.equal(face.value.expiry, cellText(laid.image, 'isd', '00F2'))
    assert.ok(face.value.securityCode)
    assert.equal((await visual.myNumberPicture()).kind, 'pinNeeded')
    assert.deepEqual(await visual.reserved(), { kind: 'read', bytes: new Uint8Array(16).fill(0xff) })
    assert.equal((await visual.checkGenuine('face', options)).kind, 'genuine')
  })
})

test('照合番号A opens both sides; the key is the same on each', async () => {
  const laid = await layCard()
  await laid.run(async (tx) => {
    const visual = await VisualSession.open(tx)
    assert.deepEqual(await visual.verify('codeA', typed('123456789018')), { kind: 'verified' })
    const [face, back] = [await visual.face(), await visual.myNumberPicture()]
    assert.ok(face.kind === 'read' && back.kind === 'read')
    assert.deepEqual(face.value.key, back.value.key)
    assert.equal(hex(back.value.picture.subarray(0, 4)), '89504E47')
    assert.equal((await visual.checkGenuine('myNumber', options)).kind, 'genuine')
  })
})

test('what is free: version, municipality, CV certificate, signatures', async () => {
  const laid = await layCard()
  await laid.run(async (tx) => {
    const visual = await VisualSession.open(tx)
    assert.deepEqual(await visual.version(), { kind: 'read', value: { version: '06030E01', municipality: '13221' } })
    const certificate = await visual.cvCertificate()
    assert.ok(certificate.kind === 'read')
    assert.equal(certificate.value.certifier, '9000023/001')
    assert.equal(certificate.value.subject, '1322121/000')
    assert.equal((await visual.sign('pkcs1OfMessage', ascii('x'))).kind, 'signed')
    assert.deepEqual(await visual.pinStatus('birth'), { kind: 'open', triesLeft: 10 })
  })
})

describe('a forged card (facts 3.8)', () => {
  /** One bit of a file turned, at a distance from its end. */
  const turned = (file: string, fromEnd: number) => (image: LaidCard['image']) => {
    const visual = image.cells['visual'] ?? {}
    const bytes = Buffer.from(visual[file] ?? '', 'hex')
    bytes[bytes.length - fromEnd] = (bytes[bytes.length - fromEnd] ?? 0) ^ 1
    return { ...image, cells: { ...image.cells, visual: { ...visual, [file]: hex(bytes) } } }
  }
  const verdict = async (image: (image: LaidCard['image']) => LaidCard['image'], check = options) => {
    const laid = await layCard({ image })
    return laid.run(async (tx) => {
      const visual = await VisualSession.open(tx)
      await visual.verify('birth', new Secret(birthDateKey('19890331')))
      return visual.checkGenuine('age', check)
    })
  }

  test('a changed certificate, a changed record, another key, an unknown authority', async () => {
    assert.deepEqual(await verdict(turned('0004', 1)), { kind: 'forged', step: 'certificate' })
    assert.deepEqual(await verdict(turned('0001', 1)), { kind: 'forged', step: 'record' })
    const stolen = (image: LaidCard['image']) => {
      const key = image.cells['text']?.['0013.key'] ?? ''
      return { ...image, cells: { ...image.cells, visual: { ...image.cells['visual'], '001A.key': key } } }
    }
    assert.deepEqual(await verdict(stolen), { kind: 'forged', step: 'challenge' })
    const keyless = (image: LaidCard['image']) => {
      const { '001A.key': _, ...visual } = image.cells['visual'] ?? {}
      return { ...image, cells: { ...image.cells, visual } }
    }
    assert.deepEqual(await verdict(keyless), { kind: 'forged', step: 'challenge' })
    assert.deepEqual(await verdict((image) => image, { ...options, roots: [] }), {
      kind: 'unknownIssuer',
      certifier: '9000023/001',
    })
  })

  test('the same untouched card is genuine', async () => {
    assert.deepEqual(await verdict((image) => image), { kind: 'genuine', issuer: '1322121/000' })
  })
})
