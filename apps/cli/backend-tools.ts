/** `madoguchi backend enrol|backup|restore|audit-export|audit-verify`: what is done beside a running backend, or before one starts. */
import { createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { verifyExport } from '../../src/backend/audit/verify.ts'
import { Refusal } from '../../src/backend/refusal.ts'
import { fromPem } from '../../src/pki/pem.ts'
import { BACKEND_ERRORS } from '../../src/wire/backend-errors.ts'
import { TERMINAL_ROLES } from '../../src/wire/backend-roles.ts'
import { backUp, restore } from '../backend/backup.ts'
import { backUpPostgres, restorePostgres } from '../backend/backup-postgres.ts'
import { enrolHere, fingerprintOf } from '../backend/enrolment.ts'
import { type CliIo, UsageError } from './command.ts'

/** `value` gives an option's text; without a second argument the option must be there. */
type Tool = (value: (name: string, otherwise?: string) => string, io: CliIo) => Promise<number>

const TOOLS: Readonly<Record<string, { readonly options: readonly string[]; readonly run: Tool }>> = {
  enrol: {
    options: ['data', 'database', 'id', 'role', 'town', 'cert'],
    async run(value, io) {
      const role = TERMINAL_ROLES.find((one) => one === value('role'))
      if (role === undefined) throw new UsageError(`--role is one of ${TERMINAL_ROLES.join(', ')}`)
      const certificate = existsSync(value('cert')) ? readFileSync(value('cert'), 'utf8') : ''
      if (fingerprintOf(certificate) === undefined)
        throw new UsageError(`--cert: ${value('cert')} holds no certificate in PEM`)
      const url = value('database', '')
      const place = url === '' ? { folder: value('data') } : { url }
      const terminal = { id: value('id'), role, town: value('town', ''), certificate }
      const fingerprint = await enrolHere(place, terminal).catch(refusedAsUsage)
      io.out(`${terminal.id} is enrolled as ${role} with the certificate ${fingerprint}.`)
      return 0
    },
  },
  backup: {
    options: ['data', 'database', 'to'],
    async run(value, io) {
      const url = value('database', '')
      if (url !== '') {
        backUpPostgres(url, value('to'), Date.now())
        io.out(`${value('to')} holds the database; without its master.key it does not open.`)
        return 0
      }
      await backUp(value('data'), value('to'), Date.now())
      io.out(`${value('to')} holds the database; without ${join(value('data'), 'master.key')} it does not open.`)
      return 0
    },
  },
  restore: {
    options: ['data', 'database', 'from', 'key', 'audit'],
    async run(value, io) {
      const url = value('database', '')
      for (const file of url === '' ? ['from', 'key', 'audit'] : ['from', 'audit']) isThere(file, value(file))
      const done =
        url === ''
          ? await restore(value('data'), value('from'), value('key'), value('audit'), Date.now())
          : await restorePostgres(url, value('from'), value('audit'), Date.now())
      io.out(
        `Restored; ${done.lines} newer lines of the audit log were applied, ${done.ended} certificates ended by them.`,
      )
      return 0
    },
  },
  'audit-export': {
    options: ['server', 'terminal', 'to'],
    async run(value, io) {
      const get = async (path: string) => {
        const response = await asked(value('server'), path, value('terminal'))
        if (!response.ok) throw new UsageError(`the backend refused: ${await response.text()}`)
        return response.text()
      }
      writeFileSync(value('to'), await get('/v1/audit-export'), { mode: 0o600 })
      writeFileSync(`${value('to')}.pem`, await get('/audit-key.pem'))
      io.out(`${value('to')} and ${value('to')}.pem written.`)
      return 0
    },
  },
  'audit-verify': {
    options: ['audit', 'key'],
    async run(value, io) {
      isThere('audit', value('audit'))
      isThere('key', value('key'))
      const [key] = fromPem('PUBLIC KEY', readFileSync(value('key'), 'utf8')) ?? []
      if (key === undefined) throw new UsageError(`--key: ${value('key')} holds no public key in PEM`)
      const result = await verifyExport(createInterface({ input: createReadStream(value('audit')) }), key)
      if (result.ok) io.out(`The log is as it was signed: ${result.size} lines.`)
      else
        io.out(
          `The log is not as it was signed: ${result.problem}${result.line === undefined ? '' : ` at line ${result.line}`}.`,
        )
      return result.ok ? 0 : 1
    },
  },
}

/** The exit code. Throws `UsageError`. */
export async function runTool(args: readonly string[], io: CliIo): Promise<number> {
  const [name, ...rest] = args
  const tool = name !== undefined && Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined
  if (tool === undefined)
    throw new UsageError(`backend ${name} is none of ${Object.keys(TOOLS).join(', ')}; see madoguchi backend --help`)
  const options = Object.fromEntries(tool.options.map((option) => [option, { type: 'string' as const }]))
  const { values } = parseArgs({ args: rest, options, strict: true, allowPositionals: false })
  return tool.run((option, otherwise) => {
    const value = values[option] ?? otherwise
    if (typeof value !== 'string') throw new UsageError(`backend ${name} needs --${option}`)
    return value
  }, io)
}

function isThere(option: string, file: string): void {
  if (!existsSync(file)) throw new UsageError(`--${option}: there is no ${file}`)
}

async function asked(server: string, path: string, terminal: string): Promise<Response> {
  if (!URL.canParse(path, server))
    throw new UsageError(`--server is an address such as http://127.0.0.1:8460, not ${server}`)
  try {
    return await fetch(new URL(path, server), { headers: { 'Madoguchi-Terminal': terminal } })
  } catch {
    throw new UsageError(
      `--server: ${server} does not answer; where terminals show certificates, fetch ${path} with curl --cert and --key`,
    )
  }
}

/** A refusal of the domain is the operator's to put right. */
function refusedAsUsage(error: unknown): never {
  if (error instanceof Refusal) throw new UsageError(BACKEND_ERRORS[error.code].sentence)
  throw error
}
