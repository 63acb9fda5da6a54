/** Rule 15: what stops issuing, and what goes on. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { SigningUnavailable } from '../../src/backend/keys/key-store.ts'
import { Refusal } from '../../src/backend/refusal.ts'
import { ocspResponder } from '../../src/backend/status/ocsp.ts'
import { buildOcspRequest, certId } from '../../src/pki/ocsp-request.ts'
import { parseOcspResponse } from '../../src/pki/ocsp-response.ts'
import { OID } from '../../src/pki/oids.ts'
import { onBothEngines } from './engines.ts'
import { activate, cardKey, issueFor, openFixture, orderFor } from './fixture.ts'

const sha1 = (bytes: Uint8Array) => Uint8Array.from(createHash('sha1').update(bytes).digest())
const stopped = (why: RegExp) => (error: unknown) =>
  error instanceof Refusal && error.code === 'issuingStopped' && why.test(error.message)

onBothEngines('rule 15', (place) => {
  test('a key that signs wrongly stops issuing for good, whatever the clock does; status answers go on', async () => {
    /** Public key of the authority whose private key has gone bad, and how. */
    let bad: { readonly key: string; readonly how: 'wrong' | 'silent' } | undefined
    const parts = await openFixture(place(), {
      keys: (keys) => ({
        ...keys,
        async sign(key, bytes) {
          if (bad?.key !== Buffer.from(key.publicKey).toString('hex')) return keys.sign(key, bytes)
          if (bad.how === 'silent') throw new SigningUnavailable('silent')
          return keys.sign(key, Uint8Array.of(...bytes, 0))
        },
      }),
    })
    const key = cardKey()
    const issued = await activate(parts, orderFor('auth', key), key)
    const authority = parts.issuers.find(({ id }) => id === issued.issuer)
    assert.ok(authority !== undefined)
    const of = Buffer.from(authority.key.publicKey).toString('hex')

    bad = { key: of, how: 'silent' }
    await assert.rejects(parts.guard.selfTest(), SigningUnavailable)
    assert.equal(parts.guard.stopped, undefined, 'a key that is away may come back (P15)')
    bad = undefined
    await parts.guard.selfTest()
    await issueFor(parts, orderFor('auth', cardKey()))

    bad = { key: of, how: 'wrong' }
    await parts.guard.selfTest()
    const failed = stopped(new RegExp(`the key of ${issued.issuer} failed its self-test`))
    const serials = async () => (await parts.store.all('SELECT serial FROM cert')).length
    const before = await serials()
    for (const step of [0, -5_000, 5_000]) {
      parts.clock.at += step
      for (const kind of ['auth', 'sign'] as const)
        await assert.rejects(issueFor(parts, orderFor(kind, cardKey())), failed, `after a step of ${step} ms`)
    }
    assert.equal(await serials(), before, 'no serial was taken')

    const request = buildOcspRequest([certId(OID.sha1, sha1(authority.name), authority.keyId, issued.serial)])
    const answer = parseOcspResponse((await ocspResponder(parts, parts.issuers).answer(request)).bytes)
    assert.ok(answer.ok && answer.value.kind === 'answer')
    assert.equal(answer.value.answers[0]?.status.kind, 'good')
    await parts.store.close()
  })
})
