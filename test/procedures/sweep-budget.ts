/**
 * How much of a sweep runs: a seeded sample every time, all of it with MADOGUCHI_SWEEP=full. The sample is spread evenly, so that every
 * stretch of a procedure has its cuts; its seed turns with MADOGUCHI_SWEEP_SEED.
 */
const FULL = process.env['MADOGUCHI_SWEEP'] === 'full'
const SEED = Number(process.env['MADOGUCHI_SWEEP_SEED'] ?? 1)

/** Of places 1 to `count`: all, or about `sample` of them. */
export function places(count: number, sample: number): readonly number[] {
  const all = Array.from({ length: count }, (_, i) => i + 1)
  if (FULL || count <= sample) return all
  const step = count / sample
  const shift = (SEED * 0.618_033_988_75) % 1
  return [...new Set(Array.from({ length: sample }, (_, i) => Math.min(count, 1 + Math.floor((i + shift) * step))))]
}
