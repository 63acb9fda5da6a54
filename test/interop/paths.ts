/** The two paths from an unmodified program to a simulated card: our PC/SC service, and a real pcscd with vpcd. */
import { execFile } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProfileName } from '../../applets-sim/factory/profiles.ts'
import { virtualReaders } from '../../apps/testkit/testkit.ts'
import { RawClient } from '../virtual/raw-client.ts'
import { type RealPcscd, VPCD_PORT, VPCD_READER } from './real-pcscd.ts'

export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A card in a reader, and programs that see it. */
export class Bench implements AsyncDisposable {
  readonly reader: string
  /** A folder for the programs' files. */
  readonly folder: string
  readonly #env: NodeJS.ProcessEnv
  readonly #close: () => Promise<void>

  constructor(reader: string, folder: string, env: NodeJS.ProcessEnv, close: () => Promise<void>) {
    this.reader = reader
    this.folder = folder
    this.#env = { ...process.env, ...env, LC_ALL: 'C.UTF-8', HOME: folder }
    this.#close = close
  }

  /** Runs a program to its end. Throws when it is not there, with the Debian package that has it. */
  run(program: keyof typeof PACKAGES, ...args: readonly string[]): Promise<Outcome> {
    const path = PACKAGES[program].path
    if (!existsSync(path)) throw new Error(`this test needs ${path}: apt-get install ${PACKAGES[program].package}`)
    const options = { cwd: this.folder, env: this.#env, timeout: 60_000, encoding: 'utf8' } as const
    return new Promise((resolve) => {
      execFile(path, args, options, (error, out, err) => {
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out, err })
      })
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
    await rm(this.folder, { recursive: true, force: true })
  }
}

const PACKAGES = {
  'opensc-tool': { path: '/usr/bin/opensc-tool', package: 'opensc' },
  'pkcs15-tool': { path: '/usr/bin/pkcs15-tool', package: 'opensc' },
  'pkcs11-tool': { path: '/usr/bin/pkcs11-tool', package: 'opensc opensc-pkcs11' },
  p11tool: { path: '/usr/bin/p11tool', package: 'gnutls-bin' },
  openssl: { path: '/usr/bin/openssl', package: 'openssl' },
  python3: { path: '/usr/bin/python3', package: 'python3-pyscard' },
} as const

/** Debian's folder is named for the processor. */
export const PKCS11_MODULE = globSync('/usr/lib/*/opensc-pkcs11.so')[0] ?? 'opensc-pkcs11.so'

const newFolder = () => mkdtemp(join(tmpdir(), 'madoguchi-interop-'))
const attachCommand = (profile: ProfileName) => {
  const cli = new URL('../../apps/cli/madoguchi.mjs', import.meta.url).pathname
  return [process.execPath, cli, 'attach', '--vpcd', `127.0.0.1:${VPCD_PORT}`, profile]
}

/** Waits until the daemon reports a card in a reader (the driver polls every 400 ms), or none. */
export async function cardSeen(socket: string, wanted: boolean, name = VPCD_READER): Promise<void> {
  const client = await RawClient.open(socket)
  for (let i = 0; ; i++) {
    const reader = (await client.readers()).find((one) => one.name === name)
    if ((reader !== undefined && reader.atr !== '' && (reader.state & 4) !== 0) === wanted) break
    if (i > 300) throw new Error('pcscd did not notice the card')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  client.close()
}

export interface Path {
  readonly name: string
  /** A fresh card of a profile in a reader. */
  lay(profile: ProfileName): Promise<Bench>
}

export const throughService: Path = {
  name: 'PC/SC service',
  async lay(profile) {
    const readers = await virtualReaders({ Madoguchi: profile })
    return new Bench('Madoguchi', await newFolder(), readers.env, () => readers.close())
  },
}

export function throughPcscd(pcscd: RealPcscd): Path {
  return {
    name: 'pcscd + vpcd',
    async lay(profile) {
      const card = await pcscd.attach(attachCommand(profile))
      await cardSeen(pcscd.env.PCSCLITE_CSOCK_NAME, true)
      return new Bench(VPCD_READER, await newFolder(), pcscd.env, async () => {
        await card.detach()
        await cardSeen(pcscd.env.PCSCLITE_CSOCK_NAME, false)
      })
    },
  }
}
