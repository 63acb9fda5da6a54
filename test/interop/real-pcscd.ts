/**
 * The most faithful path: a pcscd of this test alone, with the vpcd driver, in mount and network namespaces of its own
 * (facts: PC/SC page, section 1). The card's process lives in the same network namespace; clients reach the daemon's socket
 * through /proc. Needs root, pcscd and vsmartcard-vpcd, and says so.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const DRIVER = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so'
export const VPCD_PORT = 35963
/** The driver's first slot, as pcscd names it. */
export const VPCD_READER = 'Virtual PCD 00 00'
/** And the only other one, at the next port. */
export const SECOND_VPCD_READER = 'Virtual PCD 00 01'

/** Nothing outlives a test that crashed. */
const DIE_WITH_US = ['setpriv', '--pdeathsig', 'TERM', '--']

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
  })
}

export class RealPcscd implements AsyncDisposable {
  readonly env: { readonly PCSCLITE_CSOCK_NAME: string }
  readonly #pid: number
  readonly #daemon: ChildProcess
  readonly #cards: ChildProcess[] = []
  readonly #folder: string

  private constructor(daemon: ChildProcess, folder: string) {
    this.#daemon = daemon
    this.#folder = folder
    this.#pid = daemon.pid as number
    this.env = { PCSCLITE_CSOCK_NAME: `/proc/${this.#pid}/root/run/pcscd/pcscd.comm` }
  }

  /**
   * As Debian ships it a command takes about 48 ms, because the driver writes length and body apart and the kernel delays its
   * acknowledgement; `quickAck` on the loopback route of the namespace takes that wait away and changes nothing else.
   */
  static async start({ quickAck }: { readonly quickAck: boolean }): Promise<RealPcscd> {
    for (const [path, what] of [
      ['/usr/sbin/pcscd', 'pcscd'],
      [DRIVER, 'vsmartcard-vpcd'],
    ] as const)
      if (!existsSync(path)) throw new Error(`this test needs Debian's package ${what}: apt-get install ${what}`)
    if (process.getuid?.() !== 0) throw new Error('this test needs root to give its pcscd namespaces of its own')
    const folder = await mkdtemp(join(tmpdir(), 'madoguchi-pcscd-'))
    await writeFile(
      join(folder, 'vpcd'),
      `FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:0x${VPCD_PORT.toString(16)}\nLIBPATH ${DRIVER}\nCHANNELID 0x${VPCD_PORT.toString(16)}\n`,
    )
    const route = 'dev lo table local proto kernel scope host src 127.0.0.1 quickack 1'
    const steps = [
      'mkdir -p /run/pcscd',
      'mount -t tmpfs tmpfs /run/pcscd',
      'ip link set lo up',
      ...(quickAck ? ['127.0.0.0/8', '127.0.0.1'].map((to) => `ip route change local ${to} ${route}`) : []),
      'exec pcscd --foreground --config "$0"',
    ]
    const inside = ['--mount', '--net', ...DIE_WITH_US, 'sh', '-c', steps.join(' && '), folder]
    const daemon = spawn('unshare', inside, { stdio: 'ignore' })
    const pcscd = new RealPcscd(daemon, folder)
    for (let i = 0; !existsSync(pcscd.env.PCSCLITE_CSOCK_NAME); i++) {
      if (daemon.exitCode !== null || i > 500) {
        await pcscd[Symbol.asyncDispose]()
        throw new Error('pcscd did not start')
      }
      await pause(10)
    }
    return pcscd
  }

  /** Runs a program in the daemon's network namespace: one that attaches a card. Resolves when it has printed a line. */
  async attach(command: readonly string[]): Promise<{ detach(): Promise<void> }> {
    const child = spawn('nsenter', ['-t', String(this.#pid), '-n', ...DIE_WITH_US, ...command], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#cards.push(child)
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve())
      child.once('exit', (code) => reject(new Error(`the card's process ended with ${code}`)))
    })
    return {
      async detach() {
        child.kill('SIGTERM')
        await ended(child)
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of [...this.#cards, this.#daemon]) {
      child.kill('SIGTERM')
      const killer = setTimeout(() => child.kill('SIGKILL'), 3000)
      await ended(child)
      clearTimeout(killer)
    }
    await rm(this.#folder, { recursive: true, force: true })
  }
}
