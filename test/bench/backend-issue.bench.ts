/** Issuing (backend.md, limits): what a certificate costs beside its bare signature, and its three durable steps beside what bounds them. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Order } from '../../src/backend/ca/order.ts'
import { type Draft, draft } from '../../src/backend/ca/reserve.ts'
import { assembleSigned } from '../../src/pki/certificate-build.ts'
import { type CardKey, confirmFor, type Fixture, issueFor, openFixture, orderFor } from '../backend/fixture.ts'
import type { BenchLine } from './bench-line.ts'
import { cheapKeys } from './cheap-keys.ts'
import { inTurns, median, PROCESSOR, throughAll } from './in-turns.ts'

/** Certificates of a round; every one of them is of a key never seen before. */
const ROUND = 300
const ROUNDS = 8
/** Orders under way at once. */
const AT_ONCE = 64

export async function* bench(): AsyncGenerator<BenchLine> {
  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-bench-'))
  const parts = await openFixture({ folder }, { hierarchy: 'both' })
  const cards = cheapKeys(ROUND * ROUNDS)
  yield await withoutDatabase(parts, cards)
  yield* threeSteps(parts, cards, folder)
  await parts.store.close()
  rmSync(folder, { recursive: true, force: true })
}

async function withoutDatabase(parts: Fixture, cards: readonly CardKey[]): Promise<BenchLine> {
  const issuer = parts.issuers.find(({ id }) => id === 'auth-1')
  if (issuer === undefined) throw new Error('bench: no authority')
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const bytes = new Uint8Array(1200)
  const nothingStored = { ...parts, store: { ...parts.store, get: async () => undefined } }
  // Orders are made by those who order. A key is an array of its own each time: nothing made ready for it can be used again.
  const orders = Array.from({ length: 4 * cards.length }, (_, i) => {
    const card = cards[i % cards.length] as CardKey
    return orderFor('auth', { ...card, publicKey: Uint8Array.from(card.publicKey) })
  })
  let index = 0
  const next = () => orders[index % orders.length] as Order
  // As the service does it: of orders that come together all are drafted, and what is reserved is signed.
  const full = async () => {
    const drafts: Draft[] = []
    for (let i = 0; i < AT_ONCE; i++)
      drafts.push(await draft(nothingStored, next(), issuer, index++, parts.clock.now()))
    return drafts.map(({ tbs }) => assembleSigned(tbs, 'rsa2048-sha256', sign('sha256', tbs, privateKey)))
  }
  const bare = () => {
    for (let i = 0; i < AT_ONCE; i++) sign('sha256', bytes, privateKey)
  }
  const { ours, ratio } = await inTurns(full, bare, PROCESSOR, 15)
  return {
    ...{
      name: `build, lint and sign certificates, RSA-2048, ${AT_ONCE} at once, one core by its processor time, nothing stored`,
      value: ours * AT_ONCE,
    },
    ...{ unit: 'certificates/s', ratio, against: 'bare RSA-2048 signatures', aim: { atLeast: 0.95 } },
  }
}

/** What the machine can do at best in each of the two things this is made of. */
async function* threeSteps(parts: Fixture, cards: readonly CardKey[], folder: string): AsyncGenerator<BenchLine> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const signAway = promisify(sign)
  const numbers = Array.from({ length: 2 * ROUND }, (_, i) => i)
  const signing = () => throughAll(numbers, () => signAway('sha256', new Uint8Array(1200), privateKey), AT_ONCE)
  const [signs, syncs, rates]: [number[], number[], number[]] = [[], [], []]
  const processor: [number, number][] = []
  let evidence: Evidence[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const fresh = cards.slice(round * ROUND, (round + 1) * ROUND)
    const { seconds, used, issued } = await oneRound(parts, fresh, evidence)
    evidence = issued
    if (round === 0 || fresh.length === 0) continue
    rates.push(ROUND / seconds)
    const before = process.cpuUsage()
    signs.push(await signing())
    processor.push([used / ROUND, total(process.cpuUsage(before)) / numbers.length])
    syncs.push(syncsIn(folder))
  }
  const [rate, bare] = [median(rates), median(signs)]
  yield { name: 'bare RSA-2048 signatures, two cores', value: bare, unit: 'signatures/s' }
  yield { name: 'bare syncs of 4 KiB, one after the other', value: median(syncs), unit: 'syncs/s' }
  yield {
    ...{
      name: `issue and confirm, three durable steps, ${AT_ONCE} at once, two cores (aim: 5,000/s where 6,800 signatures/s are possible)`,
    },
    ...{ value: rate, unit: 'certificates/s', ratio: median(rates.map((one, i) => one / (signs[i] as number))) },
    ...{ against: 'bare RSA-2048 signatures, two cores', aim: { atLeast: 5000 / 6800 } },
  }
  yield {
    ...{ name: 'the same by processor time: all that a certificate costs, its signature included' },
    ...{ value: median(processor.map(([ours]) => ours)), unit: 'µs', ratio: median(processor.map(([a, b]) => a / b)) },
    ...{ against: 'a bare signature', aim: { atMost: 6800 / 5000 } },
  }
}

const total = ({ user, system }: NodeJS.CpuUsage) => user + system

interface Evidence {
  readonly card: CardKey
  readonly issued: Awaited<ReturnType<typeof issueFor>>
  readonly signature: Uint8Array
}

/** New orders and the proofs of those before, mixed. What the cards themselves sign is done between rounds, on their own time. */
async function oneRound(parts: Fixture, fresh: readonly CardKey[], proofs: readonly Evidence[]) {
  const issued: { readonly card: CardKey; readonly issued: Evidence['issued'] }[] = []
  const jobs = Array.from({ length: Math.max(fresh.length, proofs.length) }, (_, i) => [
    async () => {
      const card = fresh[i]
      if (card === undefined) return
      const holder = `holder ${crypto.randomUUID()}`
      issued.push({ card, issued: await issueFor(parts, orderFor('auth', card, { holder })) })
    },
    async () => {
      const proof = proofs[i]
      if (proof !== undefined) await confirmFor(parts, proof.issued, { ...proof.card, sign: () => proof.signature })
    },
  ]).flat()
  const before = process.cpuUsage()
  const rate = await throughAll(jobs, (job) => job(), AT_ONCE)
  return {
    seconds: jobs.length / rate,
    used: total(process.cpuUsage(before)),
    issued: issued.map((one): Evidence => ({ ...one, signature: one.card.sign(one.issued.challenge) })),
  }
}

function syncsIn(folder: string): number {
  const file = openSync(join(folder, 'syncs'), 'w')
  const [block, start] = [new Uint8Array(4096), performance.now()]
  let count = 0
  for (; performance.now() - start < 150; count++) {
    writeSync(file, block)
    fdatasyncSync(file)
  }
  closeSync(file)
  return (count * 1000) / (performance.now() - start)
}
