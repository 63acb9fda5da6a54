/** 公的個人認証AP: library ↔ chip, every verb (facts 2.6, 3). */
import assert from 'node:assert/strict'
import { constants, createHash, publicDecrypt, verify, X509Certificate } from 'node:crypto'
import { describe, test } from 'node:test'
import { certificateContents } from '../../src/applications/jpki/certificate-contents.ts'
import { JpkiSession } from '../../src/applications/jpki/jpki-session.ts'
import { digestInfo, type Scheme } from '../../src/applications/signature.ts'
import { ascii, concat } from '../../src/base/bytes.ts'
import { cellBytes, layCard, sent, typed } from './laid-card.ts'

const MESSAGE = ascii('madoguchi')
const sha = (name: string, bytes: Uint8Array): Uint8Array => createHash(name).update(bytes).digest()
const HASH = sha('sha256', MESSAGE)

describe('what is free', () => {
  test('token, availability, certificates', async () => {
    const laid = await layCard()
    await laid.run(async (tx) => {
      const jpki = await JpkiSession.open(tx)
      const token = await jpki.tokenInfo()
      assert.equal(token.kind, 'myNumberCard')
      assert.equal(token.label, 'JPKIAPICCTOKEN2')
      assert.equal(token.details?.maxPinLength, 16)
      assert.deepEqual(await jpki.certificatesPresent(), { sign: true, auth: true })
      for (const [name, fid] of [
        ['auth', '000A'],
        ['signCa', '0002'],
        ['authCa', '000B'],
      ] as const) {
        const content = await jpki.certificate(name)
        assert.ok(content.kind === 'read')
        const file = cellBytes(laid.image, 'jpki', fid)
        assert.deepEqual(content.bytes, file.subarray(0, content.bytes.length))
        assert.doesNotThrow(() => new X509Certificate(content.bytes))
        assert.deepEqual(await jpki.certificate(name, { extended: true }), content)
      }
      assert.deepEqual(await jpki.certificate('sign'), { kind: 'pinNeeded' })
    })
    assert.ok(laid.trace.filter(({ ins }) => ins === 0xb0).every(({ received = 0 }) => received <= 0x10000))
  })

  test('a child has no sign certificate and no sign password', async () => {
    const laid = await layCard({ profile: 'child' })
    await laid.run(async (tx) => {
      const jpki = await JpkiSession.open(tx)
      assert.deepEqual(await jpki.certificatesPresent(), { sign: false, auth: true })
      assert.notEqual((await jpki.certificate('sign')).kind, 'read')
      assert.deepEqual(await jpki.pinStatus('sign'), { kind: 'blocked' })
      assert.deepEqual(await jpki.pinStatus('auth'), { kind: 'open', triesLeft: 3 })
    })
  })
})

describe('PINs', () => {
  test('tries are counted down, then blocked; a blocked PIN is never presented again', async () => {
    const laid = await layCard()
    const outcomes = await laid.run(async (tx) => {
      const jpki = await JpkiSession.open(tx)
      return [
        await jpki.verifyPin('auth', typed('9999')),
        await jpki.verifyPin('auth', typed('9999')),
        await jpki.verifyPin('auth', typed('9999')),
        await jpki.verifyPin('auth', typed('9999'), 'agreed'),
        await jpki.verifyPin('auth', typed('1234'), 'agreed'),
      ]
    })
    assert.deepEqual(outcomes, [
      { kind: 'wrongPin', triesLeft: 2 },
      { kind: 'wrongPin', triesLeft: 1 },
      { kind: 'lastTry' },
      { kind: 'blocked', byThisTry: true },
      { kind: 'blocked', byThisTry: false },
    ])
    assert.equal(sent(laid, 0x20, true), 3)
  })

  test('the last try waits for a yes, and the PIN is still good for it', async () => {
    const laid = await layCard({ overrides: { tries: { auth: 1 } } })
    await laid.run(async (tx) => {
      const jpki = await JpkiSession.open(tx)
      const pin = typed('1234')
      assert.deepEqual(await jpki.verifyPin('auth', pin), { kind: 'lastTry' })
      assert.equal(sent(laid, 0x20, true), 0)
      assert.deepEqual(await jpki.verifyPin('auth', pin, 'agreed'), { kind: 'verified' })
      assert.deepEqual(await jpki.pinStatus('auth'), { kind: 'open', triesLeft: 3 })
    })
  })

  test('what cannot be a PIN is not sent', async () => {
    const laid = await layCard()
    await laid.run(async (tx) => {
      const jpki = await JpkiSession.open(tx)
      for (const [pin, text, problem] of [
        ['auth', '123', 'length'],
        ['auth', '12345', 'length'],
        ['auth', '12A4', 'characters'],
        ['sign', 'ABCDEF', 'letterAndDigit'],
        ['sign', '123456', 'letterAndDigit'],
        ['sign', 'ABC12', 'length'],
        ['sign', 'ABC 123', 'characters'],
      ] as const)
        assert.deepEqual(await jpki.verifyPin(pin, typed(text)), { kind: 'notAllowed', problem })
    })
    assert.equal(sent(laid, 0x20), 0)
  })

  test('small letters and full-width forms are the PIN that was meant', async () => {
    const laid = await layCard()
    await laid.run(async (tx) => {
      const jpki = await JpkiSession.open(tx)
      assert.deepEqual(await jpki.verifyPin('sign', typed('abc123')), { kind: 'verified' })
      assert.deepEqual(await jpki.verifyPin('sign', typed('ＡＢｃ１２３')), { kind: 'verified' })
      assert.deepEqual(await jpki.verifyPin('auth', typed('１２３４')), { kind: 'verified' })
    })
  })

  test('change: old value once, new value looked at first', async () => {
    const laid = await layCard()
    await laid.run(async (tx) => {
      const jpki = await JpkiSession.open(tx)
      const change = (current: string, next: string) =>
        jpki.changePin('sign', { current: typed(current), next: typed(next), lastTry: 'ask' })
      assert.deepEqual(await change('ABC123', '1'), { kind: 'newNotAllowed' })
      assert.equal(sent(laid, 0x20), 0)
      assert.deepEqual(await change('WRONG1', 'NEW999'), { kind: 'wrongPin', triesLeft: 4 })
      assert.deepEqual(await change('abc123', 'new999'), { kind: 'changed' })
      assert.deepEqual(await jpki.verifyPin('sign', typed('NEW999')), { kind: 'verified' })
      assert.deepEqual(await jpki.verifyPin('sign', typed('ABC123')), { kind: 'wrongPin', triesLeft: 4 })
    })
  })

  test('a factory card has no PIN that could be entered', async () => {
    const laid = await layCard({ profile: 'factory' })
    await laid.run(async (tx) => {
      const jpki = await JpkiSession.open(tx)
      assert.deepEqual(await jpki.verifyPin('auth', typed('1234')), { kind: 'blocked', byThisTry: false })
    })
  })
})

describe('signatures', () => {
  const keyOf = async (laid: Awaited<ReturnType<typeof layCard>>, name: 'auth' | 'sign') => {
    const content = await laid.run(async (tx) => {
      const jpki = await JpkiSession.open(tx)
      await jpki.verifyPin('sign', typed('ABC123'))
      return await jpki.certificate(name)
    })
    assert.ok(content.kind === 'read')
    return new X509Certificate(content.bytes).publicKey
  }

  const INPUTS: readonly [scheme: Scheme, input: Uint8Array][] = [
    ['pkcs1', digestInfo('SHA-256', HASH)],
    ['pkcs1BareHash', MESSAGE],
    ['pkcs1OfHash', HASH],
    ['pkcs1OfMessage', MESSAGE],
    ['pssOfHash', HASH],
    ['pssOfMessage', MESSAGE],
  ]

  for (const name of ['auth', 'sign'] as const)
    test(`all six schemes with the ${name} key`, async () => {
      const laid = await layCard()
      const key = await keyOf(laid, name)
      await laid.run(async (tx) => {
        const jpki = await JpkiSession.open(tx)
        await jpki.verifyPin(name, typed(name === 'auth' ? '1234' : 'ABC123'))
        for (const [scheme, input] of INPUTS) {
          const signed = await jpki.sign(name, scheme, input)
          assert.ok(signed.kind === 'signed', scheme)
          const pss = scheme.startsWith('pss')
          if (scheme === 'pkcs1BareHash') assert.deepEqual(publicDecrypt(key, signed.signature), Buffer.from(HASH))
          else {
            const padding = pss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
            assert.ok(verify('sha256', MESSAGE, { key, padding, saltLength: 32 }, signed.signature), scheme)
          }
        }
      })
    })

  test('SHA-1, SHA-384 and SHA-512 by DigestInfo', async () => {
    const laid = await layCard()
    const key = await keyOf(laid, 'auth')
    await laid.run(async (tx) => {
      const jpki = await JpkiSession.open(tx)
      await jpki.verifyPin('auth', typed('1234'))
      for (const name of ['SHA-1', 'SHA-384', 'SHA-512'] as const) {
        const hash = name.replace('-', '').toLowerCase()
        const signed = await jpki.sign('auth', 'pkcs1', digestInfo(name, sha(hash, MESSAGE)))
        assert.ok(signed.kind === 'signed' && verify(hash, MESSAGE, key, signed.signature), name)
      }
    })
  })

  test('no PIN, no signature; a wrong length is the caller’s mistake', async () => {
    const laid = await layCard()
    await laid.run(async (tx) => {
      const jpki = await JpkiSession.open(tx)
      assert.deepEqual(await jpki.sign('auth', 'pkcs1OfHash', HASH), { kind: 'pinNeeded' })
      await assert.rejects(jpki.sign('auth', 'pkcs1OfHash', concat(HASH, HASH)), RangeError)
    })
  })
})

test('what the certificates hold (facts 5.2–5.5)', async () => {
  const laid = await layCard()
  const [sign, auth, authCa] = await laid.run(async (tx) => {
    const jpki = await JpkiSession.open(tx)
    await jpki.verifyPin('sign', typed('ABC123'))
    return [await jpki.certificate('sign'), await jpki.certificate('auth'), await jpki.certificate('authCa')]
  })
  assert.ok(sign?.kind === 'read' && auth?.kind === 'read' && authCa?.kind === 'read')
  const signature = certificateContents(sign.bytes)
  assert.equal(signature?.kind, 'sign')
  assert.equal(signature?.holder?.name, '番号　花子')
  assert.equal(signature?.holder?.birth, '419890331')
  const authentication = certificateContents(auth.bytes)
  assert.equal(authentication?.kind, 'auth')
  assert.equal(authentication?.holder, undefined)
  assert.equal(authentication?.serial, new X509Certificate(auth.bytes).serialNumber.replace(/^0+/, ''))
  assert.ok((authentication?.notAfter ?? 0) > (authentication?.notBefore ?? 0))
  assert.equal(certificateContents(authCa.bytes)?.kind, 'ca')
  assert.equal(certificateContents(auth.bytes.subarray(1)), undefined)
})

test('a card without the application: a value of the transaction', async () => {
  const laid = await layCard({ image: ({ cells: { jpki: _, ...cells }, ...image }) => ({ ...image, cells }) })
  const outcome = await laid.card.transaction((tx) => JpkiSession.open(tx))
  assert.deepEqual(outcome, { kind: 'applicationMissing', application: 'jpki' })
})
