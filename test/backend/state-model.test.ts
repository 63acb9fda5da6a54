import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { Issued } from '../../src/backend/ca/issue.ts'
import type { CertificateKind } from '../../src/backend/ca/kinds.ts'
import { newestOf } from '../../src/backend/ca/links.ts'
import { PROOF_DEADLINE_MS } from '../../src/backend/ca/reserve.ts'
import { type Ending, end } from '../../src/backend/ca/revoke.ts'
import type { CertState } from '../../src/backend/ca/states.ts'
import { sweep } from '../../src/backend/ca/sweep.ts'
import { Refusal } from '../../src/backend/refusal.ts'
import { certStatus } from '../../src/backend/status/cert-status.ts'
import { onBothEngines } from './engines.ts'
import {
  type CardKey,
  cardKey,
  confirmFor,
  type Fixture,
  issueFor,
  openFixture,
  orderFor,
  TERMINAL,
} from './fixture.ts'

/** What a reader of the rules alone would keep: one line per certificate. */
interface Modelled {
  readonly kind: CertificateKind
  readonly key: CardKey
  readonly issued: Issued
  state: CertState
  replacedBy?: Modelled
}

/** Rules 4–6, 8 and facts 5.6, 6.3, written a second time and without a database. */
class Model {
  readonly certs: Modelled[] = []
  valid(kind: CertificateKind): Modelled[] {
    return this.certs.filter((cert) => cert.kind === kind && (cert.state === 'active' || cert.state === 'held'))
  }
  phoneOf(kind: CertificateKind): CertificateKind | undefined {
    return kind === 'auth' ? 'phoneAuth' : kind === 'sign' ? 'phoneSign' : undefined
  }
  end(cert: Modelled, to: 'held' | 'revoked'): void {
    if (cert.state === to) return
    cert.state = to
    const phone = this.phoneOf(cert.kind)
    for (const one of phone === undefined ? [] : this.valid(phone)) this.end(one, to)
  }
  confirm(cert: Modelled): boolean {
    if (cert.state === 'active') return true
    if (cert.state !== 'signed') return false
    for (const old of this.valid(cert.kind)) {
      this.end(old, 'revoked')
      old.replacedBy = cert
    }
    cert.state = 'active'
    return true
  }
}

type Step =
  | { readonly do: 'order'; readonly kind: CertificateKind }
  | { readonly do: 'confirm' | 'hold' | 'revoke' | 'lift'; readonly which: number }
  | { readonly do: 'sweep' }

const which = fc.nat(30)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('order' as const),
      kind: fc.constantFrom<CertificateKind>('sign', 'auth', 'phoneSign', 'phoneAuth'),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('confirm' as const), which }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('hold' as const, 'revoke' as const, 'lift' as const), which }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
)

let parts: Fixture
let holder = 0

async function done(work: Promise<unknown>): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

let n = 0
const endOne = ({ issued: { issuer, serial } }: Modelled, ending: Ending) =>
  done(end(parts, { issuer, serial, ending, by: TERMINAL, key: `m${++n}`, body: `${n}` }))

async function take(model: Model, who: string, { ...step }: Step): Promise<void> {
  if (step.do === 'order') {
    const key = cardKey()
    const onCard = step.kind === 'phoneSign' ? 'sign' : step.kind === 'phoneAuth' ? 'auth' : undefined
    const may = onCard === undefined || model.certs.some(({ kind, state }) => kind === onCard && state === 'active')
    const ordered = issueFor(parts, orderFor(step.kind, key, { holder: who, card: `card of ${who}` }))
    assert.equal(await done(ordered), may, `order of ${step.kind}`)
    if (may) model.certs.push({ kind: step.kind, key, issued: await ordered, state: 'signed' })
    return
  }
  if (step.do === 'sweep') {
    parts.clock.at += PROOF_DEADLINE_MS
    await sweep(parts)
    for (const cert of model.certs) if (cert.state === 'signed') cert.state = 'void'
    return
  }
  const cert = model.certs[step.which % Math.max(1, model.certs.length)]
  if (cert === undefined) return
  if (step.do === 'confirm')
    assert.equal(await done(confirmFor(parts, cert.issued, cert.key)), model.confirm(cert), 'confirm')
  if (step.do === 'hold' || step.do === 'revoke') {
    const to = step.do === 'hold' ? 'held' : 'revoked'
    const may = cert.state === 'active' || cert.state === 'held' || cert.state === to
    assert.equal(
      await endOne(cert, to === 'held' ? { to } : { to, reason: 'cessationOfOperation' }),
      may && !(cert.state === 'revoked' && to === 'held'),
      `${step.do} of ${cert.state}`,
    )
    if (cert.state === 'active' || cert.state === 'held') model.end(cert, to)
  }
  if (step.do === 'lift') {
    const may = cert.state === 'active' || (cert.state === 'held' && cert.kind === 'phoneAuth')
    assert.equal(await endOne(cert, { to: 'active' }), may, `lift of ${cert.kind} ${cert.state}`)
    if (may) cert.state = 'active'
  }
}

async function agree(model: Model, who: string): Promise<void> {
  const rows = await parts.store.all<{
    serial: number
    state: CertState
    ended_at: number | null
    reason: number | null
  }>('SELECT serial, state, ended_at, reason FROM cert WHERE holder = ?', who)
  const states = new Map(rows.map((row) => [row.serial, row]))
  for (const cert of model.certs) {
    const row = states.get(cert.issued.serial)
    assert.equal(row?.state, cert.state, `${cert.kind} ${cert.issued.serial}`)
    const said = certStatus(row).kind
    const expected = cert.state === 'active' ? 'good' : cert.state === 'signed' ? 'unknown' : 'revoked'
    assert.equal(said, expected, 'rule 6')
    let newest = cert
    while (newest.replacedBy !== undefined) newest = newest.replacedBy
    assert.equal(
      (await newestOf(parts.store, cert.issued.issuer, cert.issued.serial)).serial,
      newest.issued.serial,
      'links',
    )
  }
}

/** PostgreSQL answers over a socket: the same test, fewer sequences. */
const RUNS = { sqlite: 60, postgres: 25 } as const

onBothEngines('states of a certificate', (place) => {
  before(async () => {
    parts = await openFixture(place())
  })
  after(() => parts.store.close())

  test('any sequence of orders, proofs, holds, ends and sweeps leaves what the rules say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const who = `holder-${++holder}`
        const model = new Model()
        for (const one of steps) await take(model, who, one)
        await agree(model, who)
      }),
      { numRuns: Number(process.env['MADOGUCHI_RUNS'] ?? RUNS[parts.store.engine]) },
    )
  })
})
