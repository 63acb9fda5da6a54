/** What must hold in a database after any number of deaths: the rules of the backend, asked of the rows themselves. */

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bytesOf } from '../../src/backend/ca/certificate-bytes.ts'
import type { CertRow, CertState } from '../../src/backend/ca/states.ts'
import { openStore } from '../../src/backend/store/open.ts'
import type { Reads } from '../../src/backend/store/store.ts'
import { equal } from '../../src/base/bytes.ts'
import { parseCertificate } from '../../src/pki/certificate.ts'
import { parseCrl } from '../../src/pki/crl.ts'
import type { FlowPlace } from './crash-flow.ts'
import { PERSONAL } from './fixture.ts'

const linesOf = (path: string): string[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .filter((line) => line !== '')
    : []

export async function checkRules({ place, folder }: FlowPlace): Promise<void> {
  const store = openStore(place)
  try {
    const certs = await store.all<CertRow>('SELECT * FROM cert ORDER BY id')
    rule1(certs, folder)
    for (const cert of certs) if (cert.der !== null) signedAsReserved(cert)
    const valid = certs.filter(({ state }) => state === 'active' || state === 'held')
    const owners = valid.map(({ holder, kind }) => `${holder} ${kind}`)
    assert.equal(new Set(owners).size, owners.length, 'rule 5: one valid certificate per holder and kind')
    for (const cert of certs.filter(({ active_at }) => active_at !== null))
      assert.ok(
        (await store.get<{ evidence: Uint8Array | null }>('SELECT evidence FROM cert WHERE id = ?', cert.id))?.evidence,
        'rule 4: active with its evidence',
      )
    for (const cert of certs.filter(({ state, reason }) => state === 'revoked' && reason === 4))
      assert.ok(
        await store.get('SELECT new_cert FROM cert_link WHERE old_cert = ?', cert.id),
        'rule 5: superseded with its link',
      )
    for (const { issuer, serial, state } of certs) {
      const object = `certificate ${issuer} ${serial}`
      assert.ok(
        await store.get('SELECT id FROM audit WHERE object = ? AND procedure_name = ?', object, `certificate.${state}`),
        `audit of ${object} ${state}`,
      )
    }
    await outboxIsWhole(store, folder, certs)
    await acknowledgedIsKept(folder, certs)
    listIsWhole(folder, certs)
  } finally {
    await store.close()
  }
}

/** No signature without a committed row that holds exactly those bytes. */
function rule1(certs: readonly CertRow[], folder: string): void {
  const reserved = new Set(certs.map((cert) => Buffer.from(bytesOf(PERSONAL, cert, 'tbs') ?? []).toString('hex')))
  for (const tbs of linesOf(join(folder, 'signed.log'))) {
    // Lists are signed too, and never reserved; a TBSCertificate begins with its version, context tag 0.
    const bytes = Buffer.from(tbs, 'hex')
    const header = 2 + ((bytes[1] as number) & 0x80 ? (bytes[1] as number) & 0x7f : 0)
    if (bytes[header] === 0xa0) assert.ok(reserved.has(tbs), 'rule 1: signed bytes have a reserved row')
  }
}

function signedAsReserved(cert: CertRow): void {
  const parsed = parseCertificate(bytesOf(PERSONAL, cert, 'der') as Uint8Array)
  assert.ok(
    parsed.ok && equal(parsed.value.tbs, bytesOf(PERSONAL, cert, 'tbs') as Uint8Array),
    'rule 2: signed byte for byte as reserved',
  )
  assert.equal(Number(parsed.value.serial), cert.serial)
}

const ENDED: ReadonlySet<CertState> = new Set(['held', 'revoked', 'void'])

/** Rule 12: what ended is told, or waits to be told. */
async function outboxIsWhole(store: Reads, folder: string, certs: readonly CertRow[]): Promise<void> {
  const rows = await store.all<{ payload: string }>("SELECT payload FROM outbox WHERE topic = 'certificate'")
  const told = new Set([...linesOf(join(folder, 'delivered.log')), ...rows.map(({ payload }) => payload)])
  for (const { issuer, serial, state } of certs)
    if (ENDED.has(state)) assert.ok(told.has(JSON.stringify({ issuer, serial })), `rule 12: ${serial} ${state} is told`)
}

/** What a terminal was told is still so: the same serial answers the order, what was active was active. */
async function acknowledgedIsKept(folder: string, certs: readonly CertRow[]): Promise<void> {
  const told = linesOf(join(folder, 'journal.log')).map((line) => JSON.parse(line) as { step: string; answer: unknown })
  const serials = new Map<string, unknown>()
  let latest = 0
  for (const { step, answer } of told) {
    if (step.startsWith('issue ')) {
      assert.equal(serials.get(step) ?? answer, answer, `${step} was told two serials`)
      serials.set(step, answer)
      assert.ok(
        certs.some(({ serial, der }) => serial === answer && der !== null),
        'an acknowledged certificate is there',
      )
    }
    if (step.startsWith('confirm ')) {
      const { serial } = answer as { serial: number }
      assert.ok(
        certs.some((cert) => cert.serial === serial && cert.active_at !== null),
        'an acknowledged activation is there',
      )
    }
    if (step === 'hold') {
      const { serial } = answer as { serial: number }
      assert.ok(
        certs.some((cert) => cert.serial === serial && (cert.state === 'held' || cert.state === 'revoked')),
        'an acknowledged hold is there',
      )
    }
    if (step === 'list') {
      const { number } = answer as { number: number }
      assert.ok(number > latest, 'rule 13: a later list has a higher number')
      latest = number
    }
  }
}

function listIsWhole(folder: string, certs: readonly CertRow[]): void {
  const path = join(folder, 'crl', 'auth-2', 'all.crl')
  if (!existsSync(path)) return
  const list = parseCrl(readFileSync(path))
  assert.ok(list.ok, 'a published list is whole')
  const published = list.value.thisUpdate
  for (const { issuer, serial, state, ended_at } of certs)
    if (issuer === 'auth-2' && (state === 'revoked' || state === 'void') && (ended_at ?? 0) < published)
      assert.ok(list.value.revoked.find(serial) !== undefined, 'an ended certificate is on the next list')
}

/** Where the life of the card must end, whatever happened on the way. */
export async function checkEnd({ place, folder }: FlowPlace): Promise<void> {
  const store = openStore(place)
  try {
    const rows = await store.all<{ kind: string; state: string; n: number }>(
      "SELECT kind, state, COUNT(*) AS n FROM cert WHERE state <> 'void' GROUP BY kind, state ORDER BY kind, state",
    )
    assert.deepEqual(
      rows.map(({ kind, state, n }) => [kind, state, n]),
      [
        ['auth', 'held', 1],
        ['auth', 'revoked', 1],
        ['sign', 'revoked', 1],
      ],
    )
    const card = await store.get<{ state: string }>("SELECT state FROM card WHERE serial = 'A1'")
    assert.equal(card?.state, 'delivered')
    assert.deepEqual(await store.all('SELECT id FROM outbox'), [], 'rule 12: everything was told')
    const told = linesOf(join(folder, 'journal.log')).map(
      (line) => JSON.parse(line) as { step: string; answer: unknown },
    )
    // Rule 7: asked again after an answer that was lost on the way, the answer is the one that was lost.
    for (const { step, answer } of told)
      if (step === 'confirm renewed') assert.equal((answer as { replaced: unknown[] }).replaced.length, 1, 'rule 7')
  } finally {
    await store.close()
  }
}
