import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Issued } from '../../src/backend/ca/issue.ts'
import { keyIdOf, loadIssuers } from '../../src/backend/ca/issuers.ts'
import { PROOF_DEADLINE_MS } from '../../src/backend/ca/reserve.ts'
import { type Ending, end } from '../../src/backend/ca/revoke.ts'
import { sweep } from '../../src/backend/ca/sweep.ts'
import { CRL_PERIOD_MS, crlPublisher, issuerById, WHOLE } from '../../src/backend/status/crl.ts'
import { LINKAGE_OID, readLinkage } from '../../src/backend/status/linkage.ts'
import { ocspResponder } from '../../src/backend/status/ocsp.ts'
import { parseCrl } from '../../src/pki/crl.ts'
import { buildOcspRequest } from '../../src/pki/ocsp-request.ts'
import { parseOcspResponse } from '../../src/pki/ocsp-response.ts'
import { onBothEngines } from './engines.ts'
import {
  activate,
  cardKey,
  confirmFor,
  type Fixture,
  issueFor,
  NOON,
  openFixture,
  orderFor,
  TERMINAL,
} from './fixture.ts'

const work = mkdtempSync(join(tmpdir(), 'madoguchi-status-'))
after(() => rmSync(work, { recursive: true, force: true }))
const file = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(join(work, name), bytes)
  return join(work, name)
}
/** Tests own the time: no answer is too old or too new for OpenSSL, which has a clock of its own. */
const ANY_AGE = ['-validity_period', '1000000000']
const AT = ['-attime', String(NOON / 1000 + 60)]
const openssl = (...args: readonly string[]) =>
  execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const pem = (name: string, der: Uint8Array): string => {
  openssl('x509', '-inform', 'DER', '-in', file(`${name}.der`, der), '-out', join(work, `${name}.pem`))
  return join(work, `${name}.pem`)
}

let n = 0
const endNow = (parts: Fixture, { issuer, serial }: Issued, ending: Ending) =>
  end(parts, { issuer, serial, ending, by: TERMINAL, key: `end${++n}`, body: `${n}` })

/** What OpenSSL makes of the responder's answer to its own request. */
async function askWithOpenssl(
  parts: Fixture,
  issued: Issued,
  nonce: '-nonce' | '-no_nonce' = '-no_nonce',
): Promise<string> {
  const [root, leaf] = [pem('root', issued.authority), pem('leaf', issued.certificate)]
  const request = join(work, 'request.der')
  openssl('ocsp', '-issuer', root, '-cert', leaf, '-reqout', request, nonce)
  const responder = ocspResponder(parts, await loadIssuers(parts.store))
  const reply = await responder.answer(readFileSync(request))
  return openssl(
    'ocsp',
    '-issuer',
    root,
    '-cert',
    leaf,
    '-respin',
    file('response.der', reply.bytes),
    '-CAfile',
    root,
    ...AT,
    ...ANY_AGE,
    '-no_nonce',
  )
}

onBothEngines('status', (place) => {
  test('rule 6: unknown before the proof, good when active, revoked when held, revoked, void – as OpenSSL sees it', async () => {
    const parts = await openFixture(place())
    const key = cardKey()
    const issued = await issueFor(parts, orderFor('auth', key))
    assert.match(await askWithOpenssl(parts, issued), /leaf.pem: unknown/)
    await confirmFor(parts, issued, key)
    assert.match(await askWithOpenssl(parts, issued), /leaf.pem: good/)
    assert.match(await askWithOpenssl(parts, issued, '-nonce'), /leaf.pem: good/)
    await endNow(parts, issued, { to: 'held' })
    assert.match(
      await askWithOpenssl(parts, issued),
      /leaf.pem: revoked[\s\S]*certificateHold/,
      'at once, though the good answer was kept',
    )
    await endNow(parts, issued, { to: 'revoked', reason: 'keyCompromise' })
    assert.match(await askWithOpenssl(parts, issued), /leaf.pem: revoked[\s\S]*keyCompromise/)
    const stuck = await issueFor(parts, orderFor('auth', cardKey(), { holder: 'taro' }))
    parts.clock.at += PROOF_DEADLINE_MS
    await sweep(parts)
    parts.clock.at -= PROOF_DEADLINE_MS
    assert.match(await askWithOpenssl(parts, stuck), /leaf.pem: revoked/)
    await parts.store.close()
  })

  test('an answer is kept while nothing changes, and is bound to the nonce when one is asked for', async () => {
    let signatures = 0
    const parts = await openFixture(place(), {
      keys: (real) => ({
        ...real,
        sign(key, bytes) {
          signatures++
          return real.sign(key, bytes)
        },
      }),
    })
    const key = cardKey()
    const issued = await activate(parts, orderFor('auth', key), key)
    const [root, leaf] = [pem('root', issued.authority), pem('leaf', issued.certificate)]
    openssl('ocsp', '-issuer', root, '-cert', leaf, '-reqout', join(work, 'kept.der'), '-no_nonce')
    openssl('ocsp', '-issuer', root, '-cert', leaf, '-reqout', join(work, 'nonce.der'), '-nonce')
    const responder = ocspResponder(parts, await loadIssuers(parts.store))
    const plain = readFileSync(join(work, 'kept.der'))
    signatures = 0
    const [first, second] = [await responder.answer(plain), await responder.answer(plain)]
    assert.deepEqual(second.bytes, first.bytes)
    assert.equal(signatures, 1)
    assert.ok(first.maxAge > 0)
    const bound = await responder.answer(readFileSync(join(work, 'nonce.der')))
    assert.equal(bound.maxAge, 0)
    const parsed = parseOcspResponse(bound.bytes)
    assert.ok(parsed.ok && parsed.value.kind === 'answer' && parsed.value.nonce !== undefined)
    assert.equal(signatures, 2)
    await parts.store.close()
  })

  test('F37: a replaced certificate names the newest one', async () => {
    const parts = await openFixture(place())
    const line: Issued[] = []
    for (let i = 0; i < 3; i++) {
      const key = cardKey()
      line.push(await activate(parts, orderFor('auth', key), key))
    }
    const [oldest, , newest] = line
    await askWithOpenssl(parts, oldest as Issued)
    const parsed = parseOcspResponse(readFileSync(join(work, 'response.der')))
    assert.ok(parsed.ok && parsed.value.kind === 'answer')
    const value = parsed.value.answers[0]?.extensions.get(LINKAGE_OID)
    const issuer = issuerById(await loadIssuers(parts.store), 'auth-2')
    assert.deepEqual(readLinkage(Uint8Array.from(value ?? [])), {
      issuerKeyHash: keyIdOf(issuer.key.publicKey),
      serial: BigInt(newest?.serial ?? 0),
    })
    assert.match(
      openssl('ocsp', '-respin', join(work, 'response.der'), '-resp_text', '-noverify'),
      new RegExp(LINKAGE_OID.replaceAll('.', '\\.')),
    )
    await parts.store.close()
  })

  test('bad requests: garbage is malformed, strangers are unauthorized, a crowd is malformed', async () => {
    const parts = await openFixture(place())
    const issued = await issueFor(parts, orderFor('auth', cardKey()))
    const responder = ocspResponder(parts, await loadIssuers(parts.store))
    const statusOf = async (bytes: Uint8Array) => {
      const parsed = parseOcspResponse((await responder.answer(bytes)).bytes)
      return parsed.ok && parsed.value.kind === 'error' ? parsed.value.status : 'answered'
    }
    assert.equal(await statusOf(Uint8Array.of(0x30, 0x80)), 'malformedRequest')
    assert.equal(await statusOf(new Uint8Array(0)), 'malformedRequest')
    const root = pem('root', issued.authority)
    openssl('ocsp', '-issuer', root, '-serial', '5', '-reqout', join(work, 'five.der'), '-no_nonce')
    const request = readFileSync(join(work, 'five.der'))
    assert.equal(await statusOf(request), 'answered', 'a serial nobody reserved is unknown, not an error')
    const at = request.indexOf(Buffer.from([0x04, 0x14])) + 2
    const stranger = Buffer.from(request)
    stranger[at] = (stranger[at] as number) ^ 1
    assert.equal(await statusOf(stranger), 'unauthorized')
    const start = request.indexOf(Buffer.from('300906052b0e03021a', 'hex')) - 2
    const id = request.subarray(start, start + 2 + (request[start + 1] as number))
    assert.equal(await statusOf(buildOcspRequest(Array.from({ length: 21 }, () => id))), 'malformedRequest')
    assert.equal(await statusOf(buildOcspRequest(Array.from({ length: 20 }, () => id))), 'answered')
    await parts.store.close()
  })

  test('openssl verify -crl_check refuses what is on the list of its municipality and accepts the rest', async () => {
    const parts = await openFixture(place())
    const [goodKey, badKey, elsewhereKey] = [cardKey(), cardKey(), cardKey()]
    const good = await activate(parts, orderFor('auth', goodKey), goodKey)
    const bad = await activate(parts, orderFor('auth', badKey, { holder: 'taro' }), badKey)
    const sapporo = { code: '011002', prefecture: 'Hokkaido', name: 'Sapporo-shi' }
    const elsewhere = await activate(
      parts,
      orderFor('auth', elsewhereKey, { holder: 'jiro', municipality: sapporo }),
      elsewhereKey,
    )
    const issuer = issuerById(await loadIssuers(parts.store), 'auth-2')
    const lists = crlPublisher(parts, join(work, `crl-${++n}`))
    const check = async (issued: Issued, shard: string): Promise<string> => {
      const list = file('list.der', (await lists.publish(issuer, shard)).bytes)
      const text = join(work, 'list.pem')
      openssl('crl', '-inform', 'DER', '-in', list, '-out', text)
      try {
        return openssl(
          'verify',
          '-crl_check',
          '-extended_crl',
          '-CAfile',
          pem('root', issued.authority),
          '-CRLfile',
          text,
          ...AT,
          pem('leaf', issued.certificate),
        )
      } catch (error) {
        return (error as { stderr: string }).stderr
      }
    }
    assert.match(await check(bad, '132217'), /leaf.pem: OK/, 'not on a list before it is revoked')
    await endNow(parts, bad, { to: 'revoked', reason: 'cessationOfOperation' })
    assert.match(await check(bad, '132217'), /certificate revoked/)
    assert.match(await check(bad, WHOLE), /certificate revoked/)
    assert.match(await check(good, '132217'), /leaf.pem: OK/)
    assert.match(await check(elsewhere, '011002'), /leaf.pem: OK/)
    assert.match(
      await check(elsewhere, '132217'),
      /different CRL scope/i,
      'the list of one town does not speak for another',
    )
    const text = openssl(
      'crl',
      '-inform',
      'DER',
      '-in',
      join(work, 'list.der'),
      '-noout',
      '-text',
      '-CAfile',
      join(work, 'root.pem'),
    )
    assert.match(text, /Issuing Distribution Point: critical/)
    assert.match(text, /Cessation Of Operation/)
    await parts.store.close()
  })

  test('rule 13: numbers rise, also when the clock does not; a list lacks nothing its predecessor had', async () => {
    const parts = await openFixture(place())
    const issuer = issuerById(await loadIssuers(parts.store), 'auth-2')
    const lists = crlPublisher(parts, join(work, `crl-${++n}`))
    const seen = new Set<number>()
    let number = 0n
    for (let round = 0; round < 4; round++) {
      const key = cardKey()
      const issued = await activate(parts, orderFor('auth', key, { holder: `h${round}` }), key)
      await endNow(parts, issued, round % 2 === 0 ? { to: 'held' } : { to: 'revoked', reason: 'keyCompromise' })
      seen.add(issued.serial)
      const both = await Promise.all([lists.publish(issuer, WHOLE), lists.publish(issuer, WHOLE)])
      for (const { bytes } of both) {
        const list = parseCrl(bytes)
        assert.ok(list.ok && (list.value.extensions.number ?? 0n) > number)
        number = list.value.extensions.number ?? 0n
        for (const serial of seen) assert.ok(list.value.revoked.find(serial), `${serial}`)
      }
    }
    await parts.store.close()
  })

  test('F37/F38: the published list stays for its day and says how fresh it is', async () => {
    const parts = await openFixture(place())
    const issuer = issuerById(await loadIssuers(parts.store), 'auth-2')
    const folder = join(work, `crl-${++n}`)
    const first = await crlPublisher(parts, folder).current(issuer, '132217')
    const key = cardKey()
    await endNow(parts, await activate(parts, orderFor('auth', key), key), { to: 'held' })
    const lists = crlPublisher(parts, folder)
    assert.deepEqual(
      (await lists.current(issuer, '132217')).freshness,
      first.freshness,
      'revoked today, still good on the list of today',
    )
    parts.clock.at += CRL_PERIOD_MS
    const next = await lists.current(issuer, '132217')
    assert.equal(next.freshness.entries, 1)
    assert.deepEqual(new Uint8Array(readFileSync(join(folder, 'auth-2', '132217.crl'))), new Uint8Array(next.bytes))
    await assert.rejects(lists.current(issuer, '../x'), { code: 'unknownMunicipality' })
    await parts.store.close()
  })
})
