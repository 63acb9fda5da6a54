/**
 * The life of a card as one flow that can be ended at every crash point and run again from its start, as a terminal with a journal
 * does. What outlives the process: the database, the card (a file), the terminal's journal of acknowledged answers (a file).
 */

import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AUDIT_CRASH_POINTS, auditKey, checkpoint, exportLog } from '../../src/backend/audit/log.ts'
import { verifyExport } from '../../src/backend/audit/verify.ts'
import { CEREMONY_CRASH_POINTS } from '../../src/backend/ca/ceremony.ts'
import { CONFIRM_CRASH_POINTS, confirm } from '../../src/backend/ca/confirm.ts'
import { ISSUE_CRASH_POINTS, type Issued } from '../../src/backend/ca/issue.ts'
import { loadIssuers } from '../../src/backend/ca/issuers.ts'
import { PROOF_DEADLINE_MS } from '../../src/backend/ca/reserve.ts'
import { END_CRASH_POINTS, end } from '../../src/backend/ca/revoke.ts'
import { reportWrite, SWEEP_CRASH_POINTS, sweep } from '../../src/backend/ca/sweep.ts'
import { applyForCard, CARD_CRASH_POINTS, moveCardOn } from '../../src/backend/cards/cards.ts'
import { type Attributes, people } from '../../src/backend/cards/people.ts'
import { REGISTRY_CRASH_POINTS, registryEvent } from '../../src/backend/cards/registry-events.ts'
import { orderCertificate } from '../../src/backend/certificates.ts'
import { Refusal } from '../../src/backend/refusal.ts'
import {
  type Asked,
  askReset,
  findReset,
  openReset,
  RESERVATION_CRASH_POINTS,
  useReset,
} from '../../src/backend/reservations/reservations.ts'
import { CRL_CRASH_POINTS, crlPublisher, issuerById } from '../../src/backend/status/crl.ts'
import type { StorePlace } from '../../src/backend/store/open.ts'
import { deliver, OUTBOX_CRASH_POINTS } from '../../src/backend/store/outbox.ts'
import { type Fixture, MASTER, openFixture, TERMINAL } from './fixture.ts'

/** Between telling the card to write and hearing that it did. */
const TERMINAL_CRASH_POINTS = ['terminal.before write', 'terminal.after write'] as const

/** Reached in every life, also in one that begins with the authorities there. */
export const LIFE_CRASH_POINTS: readonly string[] = [
  ...ISSUE_CRASH_POINTS,
  ...CONFIRM_CRASH_POINTS,
  ...END_CRASH_POINTS,
  ...SWEEP_CRASH_POINTS,
  ...CARD_CRASH_POINTS,
  ...REGISTRY_CRASH_POINTS,
  ...CRL_CRASH_POINTS,
  ...OUTBOX_CRASH_POINTS,
  ...RESERVATION_CRASH_POINTS,
  ...AUDIT_CRASH_POINTS,
  ...TERMINAL_CRASH_POINTS,
]

export const CRASH_POINTS: readonly string[] = [...CEREMONY_CRASH_POINTS, ...LIFE_CRASH_POINTS]

export interface CrashPlan {
  /** A place, or `any`. */
  readonly point: string
  /** Which time it is reached, from 1. */
  readonly time: number
}

/** `folder` holds card, journal and lists; the database is where `place` says. */
export interface FlowPlace {
  readonly place: StorePlace
  readonly folder: string
}

/** Counts each place reached and calls `die` at the planned one. */
export function crashHook(plan: CrashPlan | undefined, die: () => void): (point: string) => void {
  let seen = 0
  return (point) => {
    if ((plan?.point === 'any' || point === plan?.point) && ++seen === plan.time) die()
  }
}

const BACK_AFTER_MS = 15_000

interface CardFile {
  key?: string
  certificate?: string
}

const hanako: Attributes = {
  ...{ name: '番号　花子', kana: 'バンゴウ　ハナコ', sex: '2', birth: '19890331', abroad: false },
  address: '東京都清瀬市中里５丁目８４２番地',
}

/** Runs the whole life. Safe to run again after any death. */
export async function runFlow({ place, folder }: FlowPlace, crash: (point: string) => void): Promise<void> {
  const parts = await openFixture(place, {
    crash,
    // Rule 1 is checked against what the key was really asked to sign.
    keys: (real) => ({
      ...real,
      sign(key, bytes) {
        appendFileSync(join(folder, 'signed.log'), `${Buffer.from(bytes).toString('hex')}\n`)
        return real.sign(key, bytes)
      },
    }),
  })
  // Time goes on between two lives: whoever comes back has waited longer than an order in progress is protected.
  const latest = await parts.store.get<{ at: number }>('SELECT at FROM audit ORDER BY id DESC LIMIT 1')
  parts.clock.at = Math.max(parts.clock.at, (latest?.at ?? 0) + BACK_AFTER_MS)
  const registry = people(MASTER)
  const journal = join(folder, 'journal.log')
  const acknowledged = (step: string, answer: unknown) =>
    appendFileSync(journal, `${JSON.stringify({ step, answer })}\n`)
  const named = (key: string) => ({ actor: TERMINAL.terminal, key, body: key })
  const cardPath = join(folder, 'card.json')
  const card = (): CardFile => (existsSync(cardPath) ? JSON.parse(readFileSync(cardPath, 'utf8')) : {})
  // A card writes all or nothing, so its file does.
  const onCard = (change: CardFile) => {
    writeFileSync(`${cardPath}.new`, JSON.stringify({ ...card(), ...change }))
    renameSync(`${cardPath}.new`, cardPath)
  }

  const keyOnCard = () =>
    createPrivateKey({ key: Buffer.from(card().key?.split(' ')[1] ?? '', 'base64'), format: 'der', type: 'pkcs8' })

  /** Key on the card, certificate from the authority, written, proven: each step repeatable. */
  async function certify(kind: 'auth' | 'sign', name: string): Promise<Issued> {
    const before = card()
    if (before.key?.startsWith(`${name} `) !== true) {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
      onCard({
        key: `${name} ${privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')}`,
        certificate: '',
      })
    }
    const key = keyOnCard()
    const publicKey = Uint8Array.from(createPublicKey(key).export({ format: 'der', type: 'spki' }))
    const issued = await orderCertificate(parts, registry, {
      kind,
      card: 'A1',
      publicKey,
      by: TERMINAL,
      key: `issue ${name}`,
      body: name,
    })
    acknowledged(`issue ${name}`, issued.serial)
    crash('terminal.before write')
    onCard({ certificate: Buffer.from(issued.certificate).toString('base64') })
    crash('terminal.after write')
    await reportWrite(parts, issued.issuer, issued.serial, true)
    const readBack = Uint8Array.from(Buffer.from(card().certificate ?? '', 'base64'))
    const evidence = { signature: Uint8Array.from(sign('sha384', issued.challenge, key)), readBack }
    const { issuer, serial } = issued
    // A terminal that signs anew (ECDSA) asks the same thing: its journal names the request, not the random signature.
    const confirmed = await confirm(parts, {
      issuer,
      serial,
      ...evidence,
      by: TERMINAL,
      key: `confirm ${name}`,
      body: name,
    })
    acknowledged(`confirm ${name}`, confirmed)
    return issued
  }

  /** Each part of the life is done once; one that was acknowledged as done is not begun again. */
  async function part(name: string, work: () => Promise<unknown>): Promise<void> {
    const done = existsSync(journal) && readFileSync(journal, 'utf8').includes(`{"step":"done ${name}"`)
    if (done) return
    await work()
    acknowledged(`done ${name}`, true)
  }

  try {
    if ((await parts.store.get('SELECT id FROM person WHERE id = ?', 'hanako')) === undefined)
      await parts.store.transaction((tx) => registry.add(tx, 'hanako', '132217', hanako, parts.clock.now()))
    const application = { serial: 'A1', holder: 'hanako', expires: '20350331', faceAuth: false }
    const move = (to: 'dispatched' | 'setUp', key: string) =>
      moveCardOn(parts, registry, 'A1', { to }, TERMINAL, named(key))
    await part('card', async () => {
      await applyForCard(parts, registry, application, TERMINAL, named('apply A1'))
      await move('dispatched', 'dispatch A1')
      await move('setUp', 'set up A1')
    })
    await part('first', () => certify('auth', 'first'))
    await part('renewed', () => certify('auth', 'renewed'))
    await part('signature', () => certify('sign', 'signature'))
    await part('deliver', () =>
      moveCardOn(
        parts,
        registry,
        'A1',
        { to: 'delivered', selfTest: { applicationsSelect: true, pinsVerify: true, certificatesGood: true } },
        TERMINAL,
        named('deliver A1'),
      ),
    )
    await part('reset', async () => {
      const proves = await parts.store.get<{ issuer: string; serial: number }>(
        "SELECT issuer, serial FROM cert WHERE kind = 'sign' AND state = 'active'",
      )
      if (proves === undefined) throw new Error('flow: no signature certificate is active')
      const about = { pin: 'auth' as const, issuer: proves.issuer, serial: proves.serial }
      const proof = (asked: Asked, step: string) => ({
        ...{ reservation: asked.reservation, signature: Uint8Array.from(sign('sha384', asked.challenge, keyOnCard())) },
        ...{ by: TERMINAL, named: named(`${step} ${asked.reservation}`) },
      })
      await openReset(parts, {
        ...proof(await askReset(parts, about, TERMINAL), 'open'),
        face: { method: 'engine', matched: true },
        simulation: false,
      })
      await useReset(parts, proof(await findReset(parts, about, TERMINAL), 'use'))
    })
    await part('move', () =>
      registryEvent(
        parts,
        registry,
        { id: 'event-1', holder: 'hanako', event: { kind: 'moved', municipality: '011011', address: '北海道札幌市' } },
        TERMINAL,
      ),
    )
    await part('stuck', async () => {
      await orderStuck(parts, registry)
      parts.clock.at += PROOF_DEADLINE_MS
      await sweep(parts)
    })
    await part('held', async () => {
      const active = await parts.store.get<{ issuer: string; serial: number }>(
        "SELECT issuer, serial FROM cert WHERE kind = 'auth' AND state IN ('active', 'held')",
      )
      if (active === undefined) throw new Error('flow: nobody is active')
      const ended = await end(parts, {
        issuer: active.issuer,
        serial: active.serial,
        ending: { to: 'held' },
        by: TERMINAL,
        key: 'hold 1',
        body: 'hold',
      })
      acknowledged('hold', ended)
    })
    await part('outbox', async () => {
      const told = async (payload: unknown) =>
        appendFileSync(join(folder, 'delivered.log'), `${JSON.stringify(payload)}\n`)
      // A message that a dead process had claimed waits until the claim is over.
      for (; (await parts.store.get('SELECT id FROM outbox LIMIT 1')) !== undefined; parts.clock.at += BACK_AFTER_MS)
        await deliver(parts.store, { certificate: told }, () => parts.clock.at, crash)
    })
    await part('list', async () => {
      const publisher = crlPublisher(parts, join(folder, 'crl'))
      for (let times = 0; times < 2; times++) {
        const { freshness } = await publisher.publish(issuerById(await loadIssuers(parts.store), 'auth-2'), 'all')
        acknowledged('list', freshness)
      }
    })
    await part('log', async () => {
      await checkpoint(parts)
      const { publicKey } = await auditKey(parts)
      const verified = await verifyExport(exportLog(parts), publicKey)
      if (!verified.ok) throw new Error(`flow: the audit log does not verify: ${verified.problem}`)
    })
  } finally {
    await parts.store.close()
  }
}

/** A certificate that nobody will ever prove. */
async function orderStuck(parts: Fixture, registry: ReturnType<typeof people>): Promise<void> {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const spki = Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' }))
  const body = 'stuck'
  await orderCertificate(parts, registry, {
    kind: 'sign',
    card: 'A1',
    publicKey: spki,
    by: TERMINAL,
    key: `stuck ${crypto.randomUUID()}`,
    body,
  }).catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error
  })
}
