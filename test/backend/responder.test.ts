/** OCSP responders are renewed before they end, without a restart, in every process on the database. */
import assert from 'node:assert/strict'
import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { adoptResponders, keyIdOf } from '../../src/backend/ca/issuers.ts'
import { RESPONDER_CRASH_POINTS, tendResponders } from '../../src/backend/ca/responder.ts'
import { ocspResponder } from '../../src/backend/status/ocsp.ts'
import { buildOcspRequest, certId } from '../../src/pki/ocsp-request.ts'
import { OID } from '../../src/pki/oids.ts'
import { toPem } from '../../src/pki/pem.ts'
import { openssl, withFiles } from '../pki/openssl.ts'
import { onBothEngines } from './engines.ts'
import { activate, cardKey, type Fixture, openFixture, orderFor } from './fixture.ts'

const DAY = 86_400_000
const sha1 = (bytes: Uint8Array) => Uint8Array.from(createHash('sha1').update(bytes).digest())

onBothEngines('OCSP responders', (place) => {
  const authOf = (parts: Fixture) => parts.issuers.find(({ id }) => id === 'auth-2') as Fixture['issuers'][number]

  test('a month before the end: a new key and certificate, old answers stay right, OpenSSL accepts both', async () => {
    const where = place()
    const parts = await openFixture(where)
    const issuer = authOf(parts)
    const key = cardKey()
    const { serial } = await activate(parts, orderFor('auth', key), key)
    const responder = ocspResponder(parts, parts.issuers)
    const request = buildOcspRequest([certId(OID.sha1, sha1(issuer.name), keyIdOf(issuer.key.publicKey), serial)])
    const accepted = async () => {
      const { bytes } = await responder.answer(request)
      await withFiles({ 'ca.pem': toPem('CERTIFICATE', issuer.certificate), 'answer.der': bytes }, (path) => {
        const at = ['-attime', String(Math.floor(parts.clock.at / 1000))]
        const verified = openssl(['ocsp', '-respin', path('answer.der'), '-CAfile', path('ca.pem'), ...at])
        assert.match(verified.err, /Response verify OK/)
        assert.equal(readFileSync(path('answer.der')).length, bytes.length)
      })
    }
    await accepted()
    assert.equal(await tendResponders(parts), 0, 'not before its time')
    const before = { key: issuer.responderKey.id, certificate: new X509Certificate(issuer.responderCertificate) }
    assert.ok(before.certificate.validToDate.getTime() - parts.clock.at <= 90 * DAY, 'short-lived: nobody checks it')

    parts.clock.at += 61 * DAY
    assert.equal(await tendResponders(parts), parts.issuers.length)
    const after = new X509Certificate(issuer.responderCertificate)
    assert.notEqual(issuer.responderKey.id, before.key)
    assert.notEqual(after.serialNumber, before.certificate.serialNumber)
    assert.ok(after.verify(new X509Certificate(issuer.certificate).publicKey))
    assert.equal(await tendResponders(parts), 0)
    await accepted()
    const told = await parts.store.all("SELECT id FROM audit WHERE procedure_name = 'authority.responderRenewed'")
    assert.equal(told.length, parts.issuers.length)
    const used = await parts.store.all('SELECT id FROM cert WHERE serial = ?', Number(`0x${after.serialNumber}`))
    assert.deepEqual(used, [], 'its serial is nobody else’s')
    await parts.store.close()
  })

  test('killed in the middle it is renewed at the next round; an authority that ends is not outlived', async () => {
    const where = place()
    let dieAt = ''
    const parts = await openFixture(where, {
      crash: (point) => {
        if (point === dieAt) throw new Error('died')
      },
    })
    for (const point of RESPONDER_CRASH_POINTS.slice(0, 2)) {
      parts.clock.at += 61 * DAY
      dieAt = point
      await assert.rejects(tendResponders(parts), /died/)
      dieAt = ''
      assert.ok((await tendResponders(parts)) > 0)
    }
    const end = authOf(parts).notAfter
    parts.clock.at = end - 10 * DAY
    await tendResponders(parts)
    assert.equal(new X509Certificate(authOf(parts).responderCertificate).validToDate.getTime(), end)
    assert.equal(await tendResponders(parts), 0)
    await parts.store.close()
  })
})

onBothEngines('OCSP responders in several processes', (place) => {
  test('who did not renew adopts; two at once renew once', async (t) => {
    const where = place()
    if ('folder' in where) return t.diagnostic(`one process alone has ${join(where.folder, 'madoguchi.db')}`)
    const [one, two, watching] = [await openFixture(where), await openFixture(where), await openFixture(where)]
    for (const { clock } of [one, two, watching]) clock.at += 61 * DAY
    const renewed = await Promise.all([tendResponders(one), tendResponders(two)])
    assert.equal(renewed[0] + renewed[1], one.issuers.length)
    await adoptResponders(watching.store, watching.issuers)
    for (const parts of [one, two])
      assert.deepEqual(
        parts.issuers.map(({ responderKey }) => responderKey.id),
        watching.issuers.map(({ responderKey }) => responderKey.id),
      )
    for (const { store } of [one, two, watching]) await store.close()
  })
})
