/** Status of 100 million certificates (backend.md, limits): size of the file and of an hour's change, and checks a second in memory. */
import { bitmapOf, countEnded, deltaPayload, snapshotPayload } from '../../src/backend/status/snapshot.ts'
import type { BenchLine } from './bench-line.ts'

const SIZE = 100_000_000
const SHARE = 0.01
/** Revocations of an hour: 3.73 million renewals and 0.31 million suspensions a year (N27, N29), ten times over at a peak. */
const HOURLY = Math.round(((3_730_000 + 311_000) / 8_760) * 10)

export async function* bench(): AsyncGenerator<BenchLine> {
  const ended = new Uint32Array(SIZE * SHARE * 1.02)
  let count = 0
  for (let index = 0; index < SIZE && count < ended.length; index++) if (Math.random() < SHARE) ended[count++] = index
  const before = { size: SIZE, number: 1, thisUpdate: 1, ended: ended.slice(0, count) }
  const entropy = (-SIZE / 8) * (SHARE * Math.log2(SHARE) + (1 - SHARE) * Math.log2(1 - SHARE))
  const start = performance.now()
  const file = snapshotPayload(before).length
  const made = performance.now() - start
  yield {
    name: 'status of 100 M certificates, 1 % ended, as a file',
    value: file / 1e6,
    unit: 'MB',
    ratio: file / entropy,
    against: 'its entropy',
    aim: { atMost: 1.4 / 1.01 },
  }
  yield { name: 'making that file from its indexes', value: made, unit: 'ms' }

  const more = Uint32Array.from(
    new Set([...Array.from({ length: HOURLY }, () => Math.floor(Math.random() * SIZE)), ...before.ended]),
  ).sort()
  const delta = deltaPayload(before, { ...before, number: 2, ended: more }).length
  yield { name: `the change of a peak hour, ${HOURLY} ended`, value: delta / 1000, unit: 'kB', aim: { atMost: 30 } }

  const bits = bitmapOf(before)
  const asked = Uint32Array.from({ length: 20_000_000 }, () => Math.floor(Math.random() * SIZE))
  countEnded(bits, asked)
  const checking = performance.now()
  countEnded(bits, asked)
  yield {
    name: 'batch check against the bitmap, random order',
    value: (asked.length * 1000) / (performance.now() - checking) / 1e6,
    unit: 'M certificates/s',
    aim: { atLeast: 25 },
  }
}
