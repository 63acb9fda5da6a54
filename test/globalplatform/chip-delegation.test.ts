/** Delegated management, receipts and DAP against the simulated chip; signatures by node:crypto (GPCS 9.2, appendix C; P21). */
import assert from 'node:assert/strict'
import { constants, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { test } from 'node:test'
import { loadFileDataBlock } from '../../src/applications/globalplatform/cap-file.ts'
import { keySet } from '../../src/applications/globalplatform/key-set.ts'
import { loadFileHash } from '../../src/applications/globalplatform/load-file-hash.ts'
import type { Privilege } from '../../src/applications/globalplatform/privileges.ts'
import { KEY_VERSION, type PublicKey } from '../../src/applications/globalplatform/put-key.ts'
import { concat } from '../../src/base/bytes.ts'
import { fromHex } from '../../src/base/hex.ts'
import { type ChipCard, chipCard } from './chip-card.ts'
import { capOf, DOMAIN_MODULE, DOMAIN_PACKAGE, done, inventory, managerOf, moduleOf, refusal } from './with-manager.ts'

const DOMAIN = fromHex('F0000000D1')
const DOMAIN_KEYS = keySet(0x20, new Uint8Array(16).fill(0x33))
const RECEIPT_KEY = new Uint8Array(16).fill(0x44)

interface Signer {
  readonly name: string
  readonly public: PublicKey
  readonly sign: (input: Uint8Array) => Uint8Array
}

const fromUrl = (text: string | undefined): Uint8Array => Uint8Array.from(Buffer.from(text ?? '', 'base64url'))

/** GPCS B.3: up to 1024 bits RSASSA-PKCS1-v1_5 with SHA-1, above RSASSA-PSS with SHA-256. */
function rsa(bits: number): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  const { n, e } = jwk(publicKey)
  const pss = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  return {
    name: `RSA-${bits}`,
    public: { kind: 'RSA', modulus: fromUrl(n), exponent: fromUrl(e) },
    sign: (input) => Uint8Array.from(bits <= 1024 ? sign('sha1', input, privateKey) : sign('sha256', input, pss)),
  }
}

/** GPCS B.4: ECDSA with SHA-256, r ‖ s. */
function ec(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x, y } = jwk(publicKey)
  return {
    name: 'P-256',
    public: { kind: 'P-256', point: concat(Uint8Array.of(4), fromUrl(x), fromUrl(y)) },
    sign: (input) => Uint8Array.from(sign('sha256', input, { key: privateKey, dsaEncoding: 'ieee-p1363' })),
  }
}

const jwk = (key: KeyObject) => createPublicKey(key.export({ type: 'spki', format: 'pem' })).export({ format: 'jwk' })

async function withDomain(privilege: Privilege): Promise<ChipCard> {
  const chip = await chipCard()
  const issuer = await managerOf(chip)
  const privileges = ['SECURITY_DOMAIN', privilege] as const
  done(await issuer.install({ loadFile: DOMAIN_PACKAGE, module: DOMAIN_MODULE, aid: DOMAIN, privileges }))
  done(await (await managerOf(chip, { domain: DOMAIN })).putKeys(DOMAIN_KEYS))
  return chip
}

for (const signer of [rsa(1024), rsa(2048), ec()]) {
  test(`delegated management with ${signer.name} tokens: load, install, registry update, extradition, delete, each with its receipt`, async () => {
    const chip = await withDomain('DELEGATED_MANAGEMENT')
    const issuer = await managerOf(chip)
    done(await issuer.putPublicKey(KEY_VERSION.TOKEN, signer.public))
    done(await issuer.putAesKey(KEY_VERSION.RECEIPT, RECEIPT_KEY))
    const before = await inventory(issuer)
    // A token of 256 bytes does not fit into a short command.
    const options = { domain: DOMAIN, keys: DOMAIN_KEYS, receiptKey: RECEIPT_KEY, maxCommandData: 1000 }
    const bare = await managerOf(chip, options)
    assert.match(refusal(await bare.load(capOf(1))), /^(6982|6985)$/, 'no token, no load')
    const forged = await managerOf(chip, {
      ...options,
      signToken: (input) => signer.sign(concat(input, Uint8Array.of(0))),
    })
    assert.match(refusal(await forged.load(capOf(1))), /^(6982|6985|6A80)$/)
    const delegate = await managerOf(chip, { ...options, signToken: signer.sign })
    const cap = capOf(1)
    // A wrong receipt would be `untrusted`, not ok.
    assert.ok(done(await delegate.load(cap)).confirmation)
    const instance = { loadFile: cap.package.aid, module: moduleOf(cap), aid: moduleOf(cap) }
    assert.ok(done(await delegate.install(instance)).confirmation)
    const ward = fromHex('F0000000D2')
    const wardOf = {
      loadFile: DOMAIN_PACKAGE,
      module: DOMAIN_MODULE,
      aid: ward,
      privileges: ['SECURITY_DOMAIN'],
    } as const
    assert.ok(done(await delegate.install(wardOf)).confirmation)
    assert.ok(done(await delegate.updateRegistry(moduleOf(cap), [])).confirmation)
    assert.ok(done(await delegate.extradite(moduleOf(cap), ward)).confirmation)
    assert.ok(done(await delegate.delete(ward, { related: true })).confirmation)
    assert.ok(done(await delegate.delete(cap.package.aid)).confirmation)
    assert.deepEqual(await inventory(await managerOf(chip)), before)
  })

  test(`DAP with ${signer.name}: a signed package is taken, another one refused, nothing of it left (P21)`, async () => {
    const chip = await withDomain('DAP_VERIFICATION')
    const domain = await managerOf(chip, { domain: DOMAIN, keys: DOMAIN_KEYS })
    done(await domain.putPublicKey(KEY_VERSION.DAP, signer.public))
    const issuer = await managerOf(chip)
    const before = await inventory(issuer)
    const cap = capOf(2)
    const signature = signer.sign(loadFileHash(loadFileDataBlock(cap)))
    const wrong = signature.map((byte, i) => (i === 20 ? byte ^ 1 : byte))
    assert.match(refusal(await issuer.load(cap, { domain: DOMAIN })), /^(6982|6985|6A80)$/, 'no signature')
    assert.match(
      refusal(await issuer.load(cap, { domain: DOMAIN, daps: [{ domain: DOMAIN, signature: wrong }] })),
      /^(6982|6985|6A80)$/,
    )
    assert.deepEqual(await inventory(issuer), before)
    done(await issuer.load(cap, { domain: DOMAIN, daps: [{ domain: DOMAIN, signature }] }))
  })
}

test('a receipt that the receipt key did not make is untrusted, whatever the operation', async () => {
  const signer = ec()
  const chip = await withDomain('DELEGATED_MANAGEMENT')
  const issuer = await managerOf(chip)
  done(await issuer.putPublicKey(KEY_VERSION.TOKEN, signer.public))
  done(await issuer.putAesKey(KEY_VERSION.RECEIPT, RECEIPT_KEY))
  const receiptKey = RECEIPT_KEY.map((byte) => byte ^ 1)
  const delegate = await managerOf(chip, { domain: DOMAIN, keys: DOMAIN_KEYS, receiptKey, signToken: signer.sign })
  const cap = capOf(1)
  const aid = moduleOf(cap)
  const ward = { loadFile: DOMAIN_PACKAGE, module: DOMAIN_MODULE, aid: fromHex('F0000000D2') }
  const outcomes = [
    await delegate.load(cap),
    await delegate.install({ loadFile: cap.package.aid, module: aid, aid }),
    await delegate.install({ ...ward, privileges: ['SECURITY_DOMAIN'] }),
    await delegate.updateRegistry(aid, []),
    await delegate.extradite(aid, ward.aid),
    await delegate.delete(ward.aid, { related: true }),
  ]
  for (const outcome of outcomes) assert.ok(outcome.kind === 'untrusted' && outcome.what === 'receipt')
})
