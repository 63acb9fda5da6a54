/** A town for these tests: a backend behind its real door, its people, their cards, and two of the staff. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pooledKeys } from '../../applets-sim/factory/key-source.ts'
import type { CardOverrides } from '../../applets-sim/factory/overrides.ts'
import { makeCardImage, type ProfileName } from '../../applets-sim/factory/profiles.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { DEMO_STAFF, prepareDemo } from '../../apps/backend/demo.ts'
import { type Running, runBackend } from '../../apps/backend/run.ts'
import { linesAbout, sequence } from '../../src/backend/audit/log.ts'
import type { Backend } from '../../src/backend/backend.ts'
import { end } from '../../src/backend/ca/revoke.ts'
import type { CertRow } from '../../src/backend/ca/states.ts'
import { cardBySerial } from '../../src/backend/cards/card-states.ts'
import { applyForCard, moveCardOn } from '../../src/backend/cards/cards.ts'
import { recordIdentityCheck } from '../../src/backend/cards/identity-checks.ts'
import type { Attributes } from '../../src/backend/cards/people.ts'
import { disableOperator, enrolOperator } from '../../src/backend/operators/operators.ts'
import { Refusal } from '../../src/backend/refusal.ts'
import type { HttpPort } from '../../src/host/http-port.ts'
import type { IdentityCheck } from '../../src/wire/backend-card-work.ts'
import { HIERARCHY, MASTER, NO_HURRY } from '../backend/fixture.ts'

export const TOWN = '132217'
const BY = { terminal: 'demo' }
const FIRST = { terminal: 'demo-town', operator: DEMO_STAFF[0].operator }

export const HANAKO: Attributes = {
  ...{ name: '番号　花子', kana: 'バンゴウ　ハナコ', sex: '2', birth: '19890331', abroad: false },
  address: '東京都清瀬市中里５丁目８４２番地',
}
export const CHILD: Attributes = {
  ...HANAKO,
  name: '番号　次郎',
  kana: 'バンゴウ　ジロウ',
  sex: '1',
  birth: '20190401',
}

/** What a line does to one request: answers, breaks, or breaks after the backend has done it. */
export type LineFault = (path: string) => 'before' | 'after' | undefined

export interface Issued {
  readonly serial: string
  readonly holder: string
  readonly attributes: Attributes
  readonly card: SimulatedCard
}

export class TestTown {
  readonly #running: Running
  readonly #folder: string
  #people = 0

  private constructor(running: Running, folder: string) {
    this.#running = running
    this.#folder = folder
  }

  static async open(): Promise<TestTown> {
    const folder = mkdtempSync(join(tmpdir(), 'madoguchi-staff-'))
    const authorities = HIERARCHY.both.authorities.filter(({ algorithm }) => algorithm === 'rsa2048-sha256')
    const place = { place: { folder }, master: MASTER, crlFolder: join(folder, 'crl'), ceremony: { authorities } }
    const door = { role: 'all', host: '127.0.0.1', port: 0, version: 'test', log: () => {}, limits: NO_HURRY } as const
    return new TestTown(await runBackend({ ...place, ...door, prepare: prepareDemo }), folder)
  }

  get backend(): Backend {
    return this.#running.backend
  }

  /** The line of a terminal; `fault` breaks it on purpose. */
  line(fault: LineFault = () => undefined): HttpPort {
    return async ({ method, path, headers, body }, signal) => {
      const broken = fault(path)
      if (broken === 'before') throw new Error('line cut')
      const response = await fetch(this.#running.address + path, {
        ...{ method, headers, signal },
        ...(body !== undefined && { body }),
      })
      const answer = { status: response.status, body: await response.text() }
      if (broken === 'after') throw new Error('line cut')
      return answer
    }
  }

  /** A person of their own, and a card of theirs: registered, dispatched, fresh from the factory unless told otherwise. */
  async person(
    attributes: Attributes = HANAKO,
    profile: ProfileName = 'factory',
    { faceAuth = false, overrides = {} }: { faceAuth?: boolean; overrides?: CardOverrides } = {},
  ): Promise<Issued> {
    const { parts, people } = this.backend
    const n = ++this.#people
    const holder = `person-${n}`
    const serial = `8800000${String(n).padStart(8, '0')}`
    // A reading of their own, so that nobody is found in place of another.
    const own = {
      ...attributes,
      kana: `${attributes.kana}${[n, n / KANA.length, n / KANA.length ** 2].map((digit) => KANA[Math.floor(digit) % KANA.length]).join('')}`,
    }
    await parts.store.transaction((tx) => people.add(tx, holder, TOWN, own, parts.clock.now()))
    const named = (what: string) => ({ actor: 'test', key: `${serial} ${what}`, body: what })
    await applyForCard(parts, people, { serial, holder, expires: '20350331', faceAuth }, BY, named('apply'))
    await moveCardOn(parts, people, serial, { to: 'dispatched' }, BY, named('dispatch'))
    return { serial, holder, attributes: own, card: await chip(serial, profile, overrides) }
  }

  async stateOf({ serial }: Issued): Promise<string> {
    return (await cardBySerial(this.backend.parts.store, serial)).state
  }

  /** Writes to this card that the backend knows no end of. */
  async openWrites({ serial }: Issued): Promise<readonly string[]> {
    const { store } = this.backend.parts
    const rows = await store.all<{ what: string }>(
      "SELECT what FROM card_write WHERE card = ? AND stage NOT IN ('done', 'notDone')",
      serial,
    )
    return rows.map(({ what }) => what)
  }

  /** Script sessions of this card that the backend still waits for. */
  async openScripts({ serial }: Issued): Promise<readonly string[]> {
    const { store } = this.backend.parts
    const rows = await store.all<{ id: string; procedure_name: string; seq: number }>(
      "SELECT id, procedure_name, seq FROM script_session WHERE card = ? AND state = 'open' ORDER BY at",
      serial,
    )
    return rows.map(({ procedure_name, seq }) => `${procedure_name}, script ${seq}`)
  }

  certificatesOf({ serial }: Issued): Promise<readonly CertRow[]> {
    return this.backend.parts.store.all<CertRow>('SELECT * FROM cert WHERE card = ? ORDER BY id', serial)
  }

  /** Back to before its handing over at the backend; the chip is left as it is. */
  async takeBack({ serial }: Issued): Promise<void> {
    await this.backend.parts.store.transaction((tx) =>
      tx.run("UPDATE card SET state = 'setUp' WHERE serial = ?", serial),
    )
  }

  async revoke({ serial }: Issued, kind: 'sign' | 'auth'): Promise<void> {
    const { parts } = this.backend
    const found = await parts.store.get<CertRow>(
      "SELECT * FROM cert WHERE card = ? AND kind = ? AND state = 'active'",
      serial,
      kind,
    )
    if (found === undefined) throw new Error(`no active ${kind} certificate on ${serial}`)
    const ending = { to: 'revoked', reason: 'unspecified' } as const
    await end(parts, { issuer: found.issuer, serial: found.serial, ending, by: BY, key: crypto.randomUUID(), body: '' })
  }

  /** An identity check as the first member of staff records it. */
  checked({ serial }: Issued): Promise<{ readonly check: string }> {
    const check: IdentityCheck = { documents: ['passport'], face: 'matched', purpose: 'pinReset' }
    const named = { actor: 'test', key: crypto.randomUUID(), body: '' }
    return recordIdentityCheck(this.backend.parts, serial, check, FIRST, named)
  }

  /** The refusal with which a script for a PIN reset does not open. */
  async opens({ serial }: Issued, check: string): Promise<string> {
    try {
      const ask = { procedure: 'pinReset', pin: 'auth', check } as const
      await this.backend.scripts.open(serial, ask, { by: FIRST, at: 'town', key: crypto.randomUUID(), body: '' })
      return 'opened'
    } catch (error) {
      if (error instanceof Refusal) return error.code
      throw error
    }
  }

  /** The lines of the log about one person, oldest first. */
  async audit(holder: string) {
    await sequence(this.backend.parts)
    return await linesAbout(this.backend.parts.store, holder)
  }

  staffCard(which: 0 | 1 = 0): Promise<SimulatedCard> {
    return staffCard(DEMO_STAFF[which].cardSerial)
  }

  /** A card of somebody who is no staff here. */
  strangersCard(): Promise<SimulatedCard> {
    return staffCard('990000000000077')
  }

  async shutOut(which: 0 | 1): Promise<void> {
    const named = { actor: 'test', key: crypto.randomUUID(), body: 'out' }
    await disableOperator(this.backend.parts, DEMO_STAFF[which].operator, BY, named)
  }

  async openSessions(): Promise<number> {
    return (await this.backend.parts.store.all('SELECT id FROM operator_session WHERE ended_at IS NULL')).length
  }

  async letIn(which: 0 | 1): Promise<void> {
    const { operator: id, name, cardSerial } = DEMO_STAFF[which]
    const { parts, operators } = this.backend
    const publicKey = pooledKeys('auth', cardSerial).spki
    const named = { actor: 'test', key: crypto.randomUUID(), body: id }
    await enrolOperator(parts, operators, { id, name, town: TOWN, publicKey }, BY, named)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async close(): Promise<void> {
    await this.#running.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

const KANA = [...'アイウエオカキクケコサシスセソタチツテト']
const moulds = new Map<string, Promise<SimulatedCard>>()

async function staffCard(serial: string): Promise<SimulatedCard> {
  const made =
    moulds.get(serial) ?? makeCardImage('resident', { serial }).then((image) => SimulatedCard.fromImage(image))
  moulds.set(serial, made)
  return (await made).fork()
}

/** A chip with its own serial and identification. */
async function chip(serial: string, profile: ProfileName, overrides: CardOverrides): Promise<SimulatedCard> {
  const image = await makeCardImage(profile, { serial, ...overrides })
  const isd = { ...image.cells['isd'], '00CF': `CF0A0000${serial}0` }
  return SimulatedCard.fromImage({ ...image, cells: { ...image.cells, isd } })
}
