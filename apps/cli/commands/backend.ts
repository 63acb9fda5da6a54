/** `madoguchi backend`: runs the emulated backend. */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { CeremonyFile } from '../../../src/backend/ca/ceremony.ts'
import { SigningUnavailable } from '../../../src/backend/keys/key-store.ts'
import { masterKey } from '../../../src/backend/keys/master-key.ts'
import { FULL_DISK, whyNot } from '../../../src/backend/store/make-folder.ts'
import { StoreRefused, StoreUnavailable } from '../../../src/backend/store/store.ts'
import { jsonLog } from '../../backend/log.ts'
import { type RunOptions, runBackend } from '../../backend/run.ts'
import { withoutDumps } from '../../terminal/electron/no-dumps.ts'
import { TOOLS_USAGE } from '../backend-tools-usage.ts'
import { type CliCommand, type CliIo, UsageError } from '../command.ts'
import { folderFor, pem, read } from '../option-files.ts'

const USAGE = `madoguchi backend [--data DIR | --database URL] [--role all|public|core|signer] [options]

  --data DIR        folder for everything (default ./backend-data); embedded database unless --database is given
  --database URL    PostgreSQL: postgresql://user@host/database (or the variable DATABASE_URL)
  --role ROLE       all (default), public: OCSP, lists, validity; core: the business API; signer: the keys alone, in DIR or an HSM,
                    for one core or public process that shows the certificate of --signer-trust
  --host ADDRESS    default 127.0.0.1; another one needs --tls-key and --tls-cert
  --port NUMBER     default 8460; 0 takes any free one
  --tls-key FILE    PEM; with --tls-cert: mutual TLS, terminals are known by their certificates
  --tls-cert FILE
  --hsm LIBRARY     keys in an HSM: its PKCS#11 library, with --hsm-token LABEL and --hsm-pin-file FILE
  --signer HOST:PORT  keys in a signer: with --signer-key and --signer-cert (PEM) to show, --signer-trust the signer's certificate
  --ceremony FILE   authorities to make when they are missing (default: two generations of an invented hierarchy)
  --demo            adds invented people, cards, staff and a terminal of every role
  --simulation      takes simulated comparisons of faces for real ones; without it they are refused

Everything it signs belongs to a test hierarchy; people and cards are invented. Keys lie encrypted in the database under
DIR/master.key, unless an HSM has them. Without TLS a terminal names itself (header Madoguchi-Terminal), which is only allowed on this machine.

${TOOLS_USAGE}

  madoguchi backend --demo
  curl -H 'Madoguchi-Terminal: demo-kiosk' http://127.0.0.1:8460/v1/cards/card-hanako`

const OPTIONS = {
  data: { type: 'string', default: 'backend-data' },
  database: { type: 'string' },
  role: { type: 'string', default: 'all' },
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '8460' },
  'tls-key': { type: 'string' },
  'tls-cert': { type: 'string' },
  hsm: { type: 'string' },
  'hsm-token': { type: 'string' },
  'hsm-pin-file': { type: 'string' },
  signer: { type: 'string' },
  'signer-key': { type: 'string' },
  'signer-cert': { type: 'string' },
  'signer-trust': { type: 'string' },
  ceremony: { type: 'string' },
  demo: { type: 'boolean', default: false },
  simulation: { type: 'boolean', default: false },
} as const

export const backend: CliCommand = {
  name: 'backend',
  summary: 'run the emulated backend: certificates, status, cards, towns',
  usage: USAGE,
  async run(args, io) {
    if (args[0]?.startsWith('-') === false) {
      const { runTool } = await import('../backend-tools.ts')
      return refusedAsUsage(() => runTool(args, io))
    }
    const running = await start(args, io)
    if (!io.signal.aborted)
      await new Promise<void>((resolve) => io.signal.addEventListener('abort', () => resolve(), { once: true }))
    await running.stop()
    return 0
  },
}

async function start(args: readonly string[], io: CliIo) {
  // Its memory holds every key.
  withoutDumps()
  const { values } = parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false })
  if (values.role === 'signer') return refusedAsUsage(() => startSigner(values, io))
  const onListening = (address: string) => io.out(`madoguchi backend listens on ${address} (emulated; Ctrl-C stops it)`)
  return refusedAsUsage(async () => runBackend({ ...(await runOptions(values, io)), onListening }))
}

const CANNOT_LISTEN: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program; choose another one, 0 takes any free one',
  EACCES: 'may not be taken by this user; choose one from 1024',
  EADDRNOTAVAIL: 'is not on an address of this machine; see --host',
}

/** Of a folder, or of a server. */
const unavailable = ({ cause }: StoreUnavailable): string =>
  cause instanceof Error && 'errcode' in cause
    ? 'the database of --data cannot be written or read; is the disk full or only read?'
    : 'the database does not answer; is --database right?'

/** What the operator can put right is one sentence, exit 2. */
async function refusedAsUsage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StoreRefused) throw new UsageError(error.message)
    if (error instanceof StoreUnavailable) throw new UsageError(unavailable(error))
    if (whyNot(error) === FULL_DISK) throw new UsageError(`--data ${FULL_DISK}`)
    if (error instanceof SigningUnavailable)
      throw new UsageError('the keys cannot be reached; is the signer or the HSM there?')
    if (error instanceof Error && 'syscall' in error && error.syscall === 'listen' && 'port' in error) {
      const why = CANNOT_LISTEN[(error as NodeJS.ErrnoException).code ?? '']
      if (why !== undefined) throw new UsageError(`--port ${error.port} ${why}`)
    }
    throw error
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

async function runOptions(values: Values, io: CliIo): Promise<RunOptions> {
  const { role, host, data } = values
  if (role !== 'all' && role !== 'public' && role !== 'core')
    throw new UsageError(`--role is all, public, core or signer, not ${role}`)
  const port = portOf(values)
  const tls = tlsOf(values)
  if (tls === undefined && !isLoopback(host))
    throw new UsageError(`--host ${host} is not this machine alone; give --tls-key and --tls-cert too`)
  const secrets = { ...hsmOf(values), ...signerOf(values) }
  const url = values.database ?? io.env['DATABASE_URL']
  const place = url === undefined ? { folder: data } : { url }
  if (url !== undefined && !/^postgres(ql)?:\/\//.test(url))
    throw new UsageError('--database is not a postgresql:// address')
  const ceremony = await ceremonyOf(values.ceremony)
  folderFor(data)
  return {
    ...{ place, role, host, port, version: '0.1.0', log: jsonLog(io.err, Date.now) },
    master: masterKey(join(data, 'master.key'), true),
    crlFolder: join(data, 'crl'),
    ceremony,
    simulation: values.simulation,
    ...(tls === undefined ? {} : { tls }),
    ...secrets,
    ...(values.demo
      ? { prepare: async (backend) => (await import('../../backend/demo.ts')).prepareDemo(backend) }
      : {}),
  }
}

function portOf(values: Values): number {
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new UsageError(`--port is a number up to 65535, not ${values.port}`)
  return port
}

/** Keys alone: it takes none of the options about people, authorities or terminals. */
async function startSigner(values: Values, io: CliIo) {
  const { data, host, 'signer-trust': trust } = values
  const tls = tlsOf(values)
  if (tls === undefined || trust === undefined)
    throw new UsageError(
      '--role signer needs --tls-key and --tls-cert, and --signer-trust: the certificate of its core',
    )
  const port = portOf(values)
  folderFor(data)
  const { runSigner } = await import('../../backend/signer.ts')
  const running = await runSigner({
    ...{ folder: data, host, port, log: jsonLog(io.err, Date.now), ...hsmOf(values) },
    master: masterKey(join(data, 'master.key'), true),
    tls: { ...tls, trust: pem(trust, 'signer-trust', 'CERTIFICATE') },
  })
  io.out(`madoguchi signer listens on ${host}:${running.port} (emulated; Ctrl-C stops it)`)
  return running
}

function signerOf(values: Values): Pick<RunOptions, 'signer'> {
  const { signer, 'signer-key': key, 'signer-cert': cert, 'signer-trust': trust } = values
  if (signer === undefined && key === undefined && cert === undefined && trust === undefined) return {}
  if (
    signer === undefined ||
    key === undefined ||
    cert === undefined ||
    trust === undefined ||
    values.hsm !== undefined
  )
    throw new UsageError('--signer, --signer-key, --signer-cert and --signer-trust belong together, without --hsm')
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(signer) ?? []
  if (host === undefined) throw new UsageError(`--signer is HOST:PORT, not ${signer}`)
  const pems = {
    key: pem(key, 'signer-key', 'PRIVATE KEY'),
    cert: pem(cert, 'signer-cert', 'CERTIFICATE'),
    trust: pem(trust, 'signer-trust', 'CERTIFICATE'),
  }
  return {
    signer: async () =>
      (await import('../../../src/backend/keys/remote.ts')).remoteSecrets({ host, port: Number(port), ...pems }),
  }
}

const isLoopback = (host: string) =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

function tlsOf(values: Values): { key: string; cert: string } | undefined {
  const { 'tls-key': key, 'tls-cert': cert } = values
  if (key === undefined && cert === undefined) return undefined
  if (key === undefined || cert === undefined) throw new UsageError('--tls-key and --tls-cert belong together')
  return { key: pem(key, 'tls-key', 'PRIVATE KEY'), cert: pem(cert, 'tls-cert', 'CERTIFICATE') }
}

/** The PIN comes from a file, never from the command line, where everybody on the machine can read it. */
function hsmOf(values: Values): Pick<RunOptions, 'token'> {
  const { hsm: library, 'hsm-token': token, 'hsm-pin-file': pinFile } = values
  if (library === undefined && token === undefined && pinFile === undefined) return {}
  if (library === undefined || token === undefined || pinFile === undefined)
    throw new UsageError('--hsm, --hsm-token and --hsm-pin-file belong together')
  const pin = read(pinFile, 'hsm-pin-file').trim()
  return {
    token: async () => (await import('../../../src/backend/keys/pkcs11-token.ts')).pkcs11Token({ library, token, pin }),
  }
}

/** Our own file is right, which a test sees to; somebody else's is checked. */
async function ceremonyOf(path: string | undefined): Promise<CeremonyFile> {
  const standard = new URL('../../backend/ceremony.json', import.meta.url)
  if (path === undefined) return JSON.parse(readFileSync(standard, 'utf8')) as CeremonyFile
  let json: unknown
  try {
    json = JSON.parse(read(path, 'ceremony'))
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`--ceremony: ${path} is not JSON`)
  }
  const { ceremonyFile } = await import('../../../src/backend/ca/ceremony.ts')
  const parsed = ceremonyFile.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new UsageError(`--ceremony: ${issue?.path.join('.')}: ${issue?.message}`)
}
