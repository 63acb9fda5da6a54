/** F48: an authority of the next generation issues by the rules of facts 8 – ten years, a year to renew – beside one of today's. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ceremonyFile, holdCeremony } from '../../src/backend/ca/ceremony.ts'
import { loadIssuers } from '../../src/backend/ca/issuers.ts'
import { parseCertificate } from '../../src/pki/certificate.ts'
import {
  authCertificateExpiry,
  cardExpiry,
  dateInJapan,
  renewalOpens,
  signCertificateExpiry,
  VALIDITY_RULES,
} from '../../src/pki/validity.ts'
import { activate, cardKey, type Fixture, HIERARCHY, openFixture, orderFor } from './fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-next-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const { current, next } = VALIDITY_RULES

test('the rules as dates: facts 5.6 today, facts 8 for the next card', () => {
  const validity = { issued: '20261102', birth: '19890331', cardExpiry: '20460430' }
  assert.deepEqual(
    [current, next].map((rules) => authCertificateExpiry(validity, rules)),
    ['20310331', '20360331'],
  )
  const renews = { expiry: '20270930' }
  assert.deepEqual(
    [current, next].map((rules) => authCertificateExpiry({ ...validity, renews }, rules)),
    ['20310331', '20370331'],
    'eleven months before the end is in the window of a year alone',
  )
  assert.deepEqual(
    [current, next].map((rules) => renewalOpens('20310331', false, rules)),
    ['20301231', '20300331'],
  )
  assert.equal(signCertificateExpiry(validity, '20350101', next), '20350101')
  const made = { produced: '20261102', birth: '19890331' }
  assert.deepEqual(
    [current, next].map((rules) => cardExpiry(made, rules)),
    ['20360331', '20360430'],
  )
  assert.equal(cardExpiry({ ...made, birth: '20170401' }, next), '20310501')
})

test('two generations at once: today’s ends with the 5th birthday, the next one with the 10th, renewed with the 11th', async () => {
  const parts = await openFixture({ folder })
  const file = ceremonyFile.parse({
    authorities: HIERARCHY.quick.authorities.map((authority) => ({
      ...authority,
      ...{ generation: 3, validity: 'next', validYears: 20, serial: authority.serial + 100 },
      firstSerial: authority.firstSerial + 0x02000000,
    })),
  })
  const expiryOf = async (from: Fixture, holder: string) => {
    const key = cardKey()
    const issued = await activate(from, orderFor('auth', key, { holder, cardExpiry: '20450331' }), key)
    const parsed = parseCertificate(issued.certificate)
    assert.ok(parsed.ok)
    return [issued.issuer, dateInJapan(parsed.value.notAfter)]
  }
  assert.deepEqual(await expiryOf(parts, 'a'), ['auth-2', '20310331'])
  await holdCeremony(parts, file)
  const both: Fixture = { ...parts, issuers: await loadIssuers(parts.store) }
  assert.deepEqual(await expiryOf(both, 'b'), ['auth-3', '20360331'])
  parts.clock.at = Date.parse('2035-06-01T03:00:00Z')
  assert.deepEqual(await expiryOf(both, 'b'), ['auth-3', '20450331'], 'no time is lost, and never beyond the card')
  await parts.store.close()
})

test('an authority that would end before its certificates is refused', () => {
  const [authority] = HIERARCHY.quick.authorities
  for (const wrong of [
    { validity: 'next', validYears: 10 },
    { validYears: 5 },
    { validity: 'forever', validYears: 20 },
  ])
    assert.equal(ceremonyFile.safeParse({ authorities: [{ ...authority, ...wrong }] }).success, false)
})
