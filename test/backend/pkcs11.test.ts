/** The key store in a PKCS#11 token, on SoftHSM2: the same certificates from keys that nobody can take out, and a device that dies (P15). */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { cmac } from '../../src/applications/globalplatform/aes.ts'
import { diversify } from '../../src/applications/globalplatform/key-set.ts'
import { certBySerial } from '../../src/backend/ca/states.ts'
import { CARD_KEY_VERSION, cardKeys } from '../../src/backend/keys/card-keys.ts'
import { type KeyStore, SigningUnavailable } from '../../src/backend/keys/key-store.ts'
import { pkcs11Keys } from '../../src/backend/keys/pkcs11.ts'
import { pkcs11Master } from '../../src/backend/keys/pkcs11-master.ts'
import { pkcs11Token } from '../../src/backend/keys/pkcs11-token.ts'
import { webVerify } from '../../src/pki/web-verify.ts'
import { cardKey, confirmFor, issueFor, openFixture, orderFor } from './fixture.ts'
import { softHsm } from './softhsm.ts'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-pkcs11-'))
const hsm = softHsm()
const open: KeyStore[] = []
after(async () => {
  for (const keys of open) await keys.close()
  hsm.remove()
  rmSync(folder, { recursive: true, force: true })
})
const openKeys = async () => {
  const keys = pkcs11Keys(await pkcs11Token(hsm.place))
  open.push(keys)
  return keys
}
const CHIP = Buffer.from('00010203040506070809', 'hex')
const AREA = Buffer.from('F04D444700A1', 'hex')
const TEXT = Buffer.from('to be signed')
/** The store asks a device that was away at most once a second. */
const untilAskedAgain = () => sleep(1_050)

test('both algorithms: signatures as X.509 stores them, more at once than there are sessions, found again after a restart', async () => {
  const keys = await openKeys()
  const made = await Promise.all([keys.generate('rsa2048-sha256'), keys.generate('p384-sha384')])
  for (const key of made) {
    const texts = Array.from({ length: 40 }, (_, i) => Buffer.from(`${key.algorithm} ${i}`))
    const signatures = await Promise.all(texts.map((text) => keys.sign(key, text)))
    for (const [i, text] of texts.entries())
      assert.equal(await webVerify(key.algorithm, key.publicKey, text, signatures[i] as Uint8Array), true)
  }
  await keys.close()
  const again = await openKeys()
  for (const key of made)
    assert.equal(await webVerify(key.algorithm, key.publicKey, TEXT, await again.sign(key, TEXT)), true)
  await again.close()
})

test('the private key cannot be read out, and a key the token does not have is unavailable without spoiling the others', async () => {
  const keys = await openKeys()
  const key = await keys.generate('p384-sha384')
  await assert.rejects(keys.sign({ ...key, id: '00'.repeat(16) }, TEXT), SigningUnavailable)
  await keys.sign(key, TEXT)
  await keys.close()
  const token = await pkcs11Token(hsm.place)
  await token.use(async (session) => {
    const { PRIVATE_KEY } = token.graphene.ObjectClass
    const objects = session.find({ class: PRIVATE_KEY, id: Buffer.from(key.id, 'hex') })
    assert.equal(objects.length, 1)
    const attributes = objects.items(0).getAttribute({ sensitive: null, extractable: null })
    assert.deepEqual(attributes, { sensitive: true, extractable: false })
    assert.throws(() => objects.items(0).getAttribute({ value: null }), /CKR_ATTRIBUTE_SENSITIVE/)
  })
  await token.close()
})

test('P15: the HSM dies – nothing is finished without a certificate, the order goes on when it is back', async () => {
  const keys = await openKeys()
  const parts = await openFixture({ folder: join(folder, 'db') }, { keys: () => keys, ceremonyKeys: keys })
  assert.deepEqual(await parts.store.all('SELECT id FROM software_key'), [], 'no private key in the database')
  const key = cardKey()
  const order = orderFor('auth', key)
  hsm.unplug()
  for (let i = 0; i < 2; i++) await assert.rejects(issueFor(parts, order, 'order-1'), { code: 'signingUnavailable' })
  const pending = await parts.store.all<{ state: string }>('SELECT state FROM cert')
  assert.deepEqual(new Set(pending.map(({ state }) => state)), new Set(['void']))
  hsm.plugIn()
  await untilAskedAgain()
  const issued = await issueFor(parts, order, 'order-1')
  await confirmFor(parts, issued, key)
  assert.equal((await certBySerial(parts.store, issued.issuer, issued.serial)).state, 'active')
  // A restart while the device is away: the store opens, signing waits for it.
  await keys.close()
  hsm.unplug()
  const early = await openKeys()
  await assert.rejects(early.generate('p384-sha384'), SigningUnavailable)
  hsm.plugIn()
  await parts.store.close()
})

test('decision 0050 with the master key in the token: every card its own set, every time, as in software', async () => {
  const token = await pkcs11Token(hsm.place)
  const inToken = cardKeys(pkcs11Master(token))
  const [one, again, other] = [await inToken.setOf(CHIP), await inToken.setOf(CHIP), await inToken.setOf(CHIP, AREA)]
  assert.deepEqual([one.enc, one.mac, one.dek], [again.enc, again.mac, again.dek])
  assert.notDeepEqual(one.enc, other.enc)
  await token.close()
  const master = randomBytes(16)
  const inSoftware = await cardKeys(async (message) => cmac(master, message)).setOf(CHIP)
  const expected = diversify(master, CARD_KEY_VERSION, CHIP)
  assert.deepEqual(
    [inSoftware.version, inSoftware.enc, inSoftware.mac, inSoftware.dek],
    [expected.version, expected.enc, expected.mac, expected.dek],
  )
})

test('a library that cannot be loaded is one sentence for the operator', async () => {
  await assert.rejects(pkcs11Token({ ...hsm.place, library: '/nowhere/lib.so' }), /cannot be loaded/)
})
