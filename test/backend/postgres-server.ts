/** Debian's PostgreSQL in a folder of its own, on a private Unix socket, never as root, stopped by its process id. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

const ROOT = '/usr/lib/postgresql'
/** The port only names the socket: nothing listens on the network. */
const PORT = 54_329

export interface PostgresServer {
  /** Address of a fresh, empty database. */
  database(): string
  /** Address of a copy of one that nobody uses now. */
  copy(url: string): Promise<string>
  drop(url: string): Promise<void>
  /** The server goes away, and comes back with what it had. */
  halt(): Promise<void>
  resume(): Promise<void>
  stop(): Promise<void>
}

const binaries = (): string => {
  const versions = existsSync(ROOT) ? readdirSync(ROOT).sort((a, b) => Number(a) - Number(b)) : []
  const newest = versions.at(-1)
  if (newest === undefined)
    throw new Error('PostgreSQL is not installed; the backend is tested on it too: apt-get install postgresql')
  return join(ROOT, newest, 'bin')
}

const isRoot = process.getuid?.() === 0
/** initdb and postgres refuse to run as root; Debian's package brings the user `postgres`. */
const asUser = (command: string, args: readonly string[]): [string, string[]] =>
  isRoot
    ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', command, ...args]]
    : [command, [...args]]

/** Starts a server; `fsync` on only where a test measures durability. Takes about two seconds. */
export async function startPostgres(options: { readonly fsync?: boolean } = {}): Promise<PostgresServer> {
  const bin = binaries()
  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-pg-'))
  chmodSync(folder, 0o755)
  if (isRoot) {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })))
    chownSync(folder, uid as number, gid as number)
  }
  const data = join(folder, 'data')
  const initdb = [
    '-D',
    data,
    '-U',
    'madoguchi',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
    '--no-instructions',
  ]
  execFileSync(...asUser(join(bin, 'initdb'), initdb), { stdio: 'ignore' })
  const settings = [
    `fsync=${options.fsync === true ? 'on' : 'off'}`,
    'max_connections=60',
    'shared_buffers=64MB',
    'listen_addresses=',
  ]
  const args = ['-D', data, '-k', folder, '-p', String(PORT), ...settings.flatMap((setting) => ['-c', setting])]
  const psql = (sql: string) =>
    execFileSync(
      join(bin, 'psql'),
      ['-h', folder, '-p', String(PORT), '-U', 'madoguchi', '-d', 'postgres', '-qc', sql],
      { stdio: 'ignore' },
    )
  async function up(): Promise<() => Promise<void>> {
    const server = spawn(...asUser(join(bin, 'postgres'), args), { stdio: 'ignore' })
    const exited = once(server, 'exit')
    // A test process that dies early takes its server with it.
    const kill = () => server.kill('SIGQUIT')
    process.once('exit', kill)
    for (let tries = 0; ; tries++) {
      try {
        psql('SELECT 1')
        break
      } catch (error) {
        if (tries > 100 || server.exitCode !== null) throw new Error('PostgreSQL did not start', { cause: error })
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
    return async () => {
      process.removeListener('exit', kill)
      server.kill('SIGINT')
      await exited
    }
  }

  let down = await up()
  let databases = 0
  const urlOf = (name: string) => `postgresql:///${name}?host=${encodeURIComponent(folder)}&port=${PORT}&user=madoguchi`
  const nameOf = (url: string) => /\/\/\/(\w+)\?/.exec(url)?.[1]
  const admin = new pg.Pool({ connectionString: urlOf('postgres'), max: 1 })
  admin.on('error', () => {})
  return {
    database() {
      const name = `m${++databases}`
      psql(`CREATE DATABASE ${name} STRATEGY file_copy`)
      return urlOf(name)
    },
    async copy(url) {
      const name = `m${++databases}`
      await admin.query(`CREATE DATABASE ${name} TEMPLATE ${nameOf(url)} STRATEGY wal_log`)
      return urlOf(name)
    },
    async drop(url) {
      await admin.query(`DROP DATABASE ${nameOf(url)} WITH (FORCE)`)
    },
    halt: () => down(),
    async resume() {
      down = await up()
    },
    async stop() {
      await admin.end()
      await down()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
