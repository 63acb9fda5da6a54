/** What a process that fell over left behind: its folders, core dumps among what lies there, searched for canaries. */
import { createReadStream, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ON_LINUX = process.platform === 'linux'
/** The kernel writes a core dump into the working folder; else it goes where a test cannot look. */
export const CORES_LIE_HERE = ON_LINUX && /^[^|/]/.test(readFileSync('/proc/sys/kernel/core_pattern', 'latin1'))
/** Before a command: core dumps as large as this machine allows. The process keeps its number. */
export const WITH_CORES = ON_LINUX ? ['sh', '-c', 'ulimit -c "$(ulimit -H -c)"; exec "$@"', 'sh'] : []

/** Which kinds of its memory the kernel writes into a core dump of a process, whoever collects that: a set of bits (core(5)). */
export const filterOf = (pid: number | 'self' = 'self'): number =>
  ON_LINUX ? Number.parseInt(readFileSync(`/proc/${pid}/coredump_filter`, 'latin1'), 16) : 0

/** Folders of its own for whatever a process writes, gone at the end. */
export function placeFor(name: string) {
  const folder = mkdtempSync(join(tmpdir(), `madoguchi-fall-${name}-`))
  const [work, data, tmp, home] = ['work', 'data', 'tmp', 'home'].map((sub) => join(folder, sub)) as [
    string,
    string,
    string,
    string,
  ]
  for (const sub of [work, data, tmp, home]) mkdirSync(sub)
  const env = { PATH: process.env['PATH'], HOME: home, TMPDIR: tmp, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home }
  return { folder, work, data, tmp, env, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

export type Needles = readonly { readonly name: string; readonly bytes: Buffer }[]

/** Each canary as a program may have written it. */
export const needlesOf = (canaries: Readonly<Record<string, string>>): Needles =>
  Object.entries(canaries).flatMap(([name, text]) =>
    [Buffer.from(text), Buffer.from(text, 'utf16le')].flatMap((bytes) => [
      { name, bytes },
      { name, bytes: Buffer.from(bytes.toString('hex')) },
      { name, bytes: Buffer.from(bytes.toString('base64').replace(/.=*$/, '')) },
    ]),
  )

export interface Left {
  /** Sizes of the core dumps in bytes. */
  readonly cores: readonly number[]
  /** Names of all other files. */
  readonly others: readonly string[]
  /** Which canaries are where: `core: PIN`, `report: name`. */
  readonly found: readonly string[]
}

export async function leftIn(folder: string, printed: string, needles: Needles): Promise<Left> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map(({ parentPath, name }) => ({ name, path: join(parentPath, name) }))
  const isCore = ({ name }: { readonly name: string }) => /^core(\.|$)/.test(name)
  const found = new Set(inBytes(Buffer.from(printed), needles).map((canary) => `printed: ${canary}`))
  for (const { name, path } of paths)
    for (const canary of await inFile(path, needles)) found.add(`${/^\w+/.exec(name)?.[0]}: ${canary}`)
  return {
    cores: paths.filter(isCore).map(({ path }) => statSync(path).size),
    others: paths.filter((file) => !isCore(file)).map(({ name }) => name),
    found: [...found],
  }
}

const inBytes = (bytes: Buffer, needles: Needles): string[] => [
  ...new Set(needles.filter((needle) => bytes.includes(needle.bytes)).map(({ name }) => name)),
]

const NOTHING = Buffer.alloc(1 << 19)

/** In the order of the canaries. A core dump is as large as the memory was. */
async function inFile(path: string, needles: Needles): Promise<string[]> {
  const overlap = Math.max(...needles.map(({ bytes }) => bytes.length))
  const found = new Set<string>()
  let rest = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: NOTHING.length })) {
    // Most of a core dump is memory that was never used.
    if (NOTHING.equals(chunk as Buffer)) continue
    const bytes = Buffer.concat([rest, chunk as Buffer])
    for (const name of inBytes(bytes, needles)) found.add(name)
    rest = Buffer.from(bytes.subarray(-overlap))
  }
  return [...new Set(needles.map(({ name }) => name))].filter((name) => found.has(name))
}
