/** Runs one bench module, named on the command line, and prints its lines. */
import { aimMet, type BenchLine, type BenchModule } from './bench-line.ts'

const file = process.argv[2] ?? ''
const { bench }: BenchModule = await import(`./${file}`)
const module = file.replace('.bench.ts', '')

/** Four digits: no measurement here is better than that. */
const round = (value: number): number => Number(value.toPrecision(4))

function print(line: BenchLine): void {
  if (![line.value, line.ratio ?? 0].every(Number.isFinite)) throw new Error(`${line.name}: not a number`)
  const met = aimMet(line)
  const rounded = { ...line, value: round(line.value), ...(line.ratio !== undefined && { ratio: round(line.ratio) }) }
  process.stdout.write(`${JSON.stringify({ bench: module, ...rounded, ...(met !== undefined && { met }) })}\n`)
  // Beside the lines, for a person.
  if (met === false) process.stderr.write(`aim missed: ${line.name}\n`)
}

const lines = bench()
if (Symbol.asyncIterator in lines) for await (const line of lines) print(line)
else for (const line of await lines) print(line)
