/** The chip by itself, in process, on one core: aims of the proof section. */
import { constants, createHash, createPrivateKey, privateEncrypt } from 'node:crypto'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { concat } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { PowerLost } from '../../src/card/ports.ts'
import { DIGEST_INFO, IMAGE, signCommand } from '../chip/card.ts'
import type { BenchLine } from './bench-line.ts'

const SELECT_JPKI = fromHex('00A4040C0AD392F000260100000001')

/** Calls of `work` in one second of processor time, best of three spells after a warm-up: the machine may be shared. */
function perSecond(work: () => void, batch: number, milliseconds = 400): number {
  let best = 0
  for (let spell = 0; spell < 4; spell++) {
    let calls = 0
    const start = performance.now()
    const before = process.cpuUsage()
    while (performance.now() - start < milliseconds) {
      for (let i = 0; i < batch; i++) work()
      calls += batch
    }
    const { user, system } = process.cpuUsage(before)
    if (spell > 0) best = Math.max(best, (calls * 1e6) / (user + system))
  }
  return best
}

function poweredCard(): SimulatedCard {
  const card = SimulatedCard.fromImage(IMAGE)
  card.powerOn('contact')
  card.transmit(SELECT_JPKI)
  return card
}

function reading(): BenchLine[] {
  const card = poweredCard()
  card.transmit(fromHex('00A4020C02000A'))
  const current = fromHex('00B0010000')
  const shortId = fromHex('00B08A0000')
  const aim = { atLeast: 1_000_000 }
  return [
    {
      name: 'READ BINARY of 256 bytes, current EF',
      value: perSecond(() => card.transmit(current), 10_000),
      unit: 'commands/s',
      aim,
    },
    {
      name: 'READ BINARY of 256 bytes, short EF id',
      value: perSecond(() => card.transmit(shortId), 10_000),
      unit: 'commands/s',
      aim,
    },
  ]
}

/** The same signature by the card and by `node:crypto` alone, in turns, so that both meet the same machine. */
function signing(): BenchLine {
  const card = poweredCard()
  card.transmit(fromHex('002000980431323334'))
  const digestInfo = concat(fromHex(DIGEST_INFO), createHash('sha256').update('x').digest())
  const command = fromHex(signCommand(0, 0x97, hex(digestInfo)))
  const pkcs8 = Buffer.from(IMAGE.cells['jpki']?.['0017.key'] ?? '', 'hex')
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  const bare = () => privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, digestInfo)
  const byCard = () => card.transmit(command)
  const times = { card: [] as number[], bare: [] as number[] }
  const timed = (who: keyof typeof times, work: () => unknown): void => {
    const start = performance.now()
    work()
    times[who].push(performance.now() - start)
  }
  for (let i = 0; i < 50; i++) byCard()
  for (let round = 0; round < 1000; round++) {
    if (round % 2 === 0) timed('bare', bare)
    timed('card', byCard)
    if (round % 2 === 1) timed('bare', bare)
  }
  return {
    name: 'COMPUTE DIGITAL SIGNATURE, RSA-2048',
    value: 1000 / median(times.card),
    unit: 'signatures/s',
    ratio: median(times.bare) / median(times.card),
    against: 'bare node:crypto',
    aim: { atLeast: 0.95 },
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** Each fork is powered, selected and given a wrong PIN, so that it has a state of its own. */
function forks(): BenchLine[] {
  const COUNT = 100_000
  const seed = SimulatedCard.fromImage(IMAGE)
  const wrong = fromHex('002000980439393939')
  const before = process.memoryUsage().rss
  const start = performance.now()
  const cards = Array.from({ length: COUNT }, () => seed.fork())
  const forked = performance.now() - start
  const untouched = process.memoryUsage().rss - before
  for (const card of cards) {
    card.powerOn('contact')
    card.transmit(SELECT_JPKI)
    card.transmit(wrong)
  }
  const used = process.memoryUsage().rss - before
  const MIB = 2 ** 20
  return [
    { name: `${COUNT} cards forked from one image`, value: untouched / MIB, unit: 'MiB', aim: { atMost: 1024 } },
    {
      name: `${cards.length} forked cards, each powered and written to`,
      value: used / MIB,
      unit: 'MiB',
      aim: { atMost: 1024 },
    },
    { name: 'fork', value: (forked * 1000) / COUNT, unit: 'µs' },
  ]
}

function snapshots(): BenchLine {
  const card = poweredCard()
  const verify = fromHex('002000980431323334')
  const rate = perSecond(() => {
    const snapshot = card.snapshot()
    card.powerOn('contact')
    card.transmit(SELECT_JPKI)
    card.transmit(verify)
    card.restore(snapshot)
  }, 1000)
  return { name: 'snapshot + a VERIFY between + restore', value: 1e6 / rate, unit: 'µs', aim: { atMost: 100 } }
}

function powerCuts(): BenchLine {
  const seed = SimulatedCard.fromImage(IMAGE)
  const verify = fromHex('002000980431323334')
  const rate = perSecond(() => {
    const card = seed.fork()
    card.powerOn('contact')
    card.transmit(SELECT_JPKI)
    card.memory.planCut({ write: card.memory.writes + 1, at: 'inside' })
    try {
      card.transmit(verify)
    } catch (error) {
      if (!(error instanceof PowerLost)) throw error
    }
    card.powerOn('contact')
  }, 1000)
  return { name: 'power cut inside a VERIFY of a forked card, with power-up', value: rate, unit: 'cuts/s' }
}

function verifying(): BenchLine {
  const card = poweredCard()
  const verify = fromHex('002000980431323334')
  return { name: 'VERIFY, two writes each', value: perSecond(() => card.transmit(verify), 1000), unit: 'commands/s' }
}

export async function* bench(): AsyncGenerator<BenchLine> {
  yield* reading()
  yield verifying()
  yield signing()
  yield snapshots()
  yield powerCuts()
  yield* forks()
}
