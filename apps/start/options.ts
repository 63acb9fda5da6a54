/** What `npm start` is told on its command line. */
import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { TERMINAL_ROLES, type TerminalRole } from '../../src/wire/backend-roles.ts'

export const USAGE = `npm start -- [options]

  --headless            print the addresses, open no window
  --port PORT           of the addresses; any free one when left out
  --data DIR            keep cards, register and journals there, and go on from there next time
  --reader NAME         the reader of the kiosk
  --real-readers        the readers of this machine instead of virtual ones; cards in them are only read
  --write-real-card        with --real-readers: PINs may be tried and cards written to
  --backend URL         a backend that runs elsewhere, instead of the simulated town; twice for two endpoints
  --role ROLE           with --backend: as which this terminal is enrolled (default kiosk)
  --client-key FILE     with --backend https: key, certificate and the authority of the backend, PEM
  --client-cert FILE
  --ca FILE
  --once                end after the demonstration`

/** A sentence for whoever typed the command line; exit 2. */
export class BadOption extends Error {
  override readonly name = 'BadOption'
}

export interface StartOptions {
  readonly headless: boolean
  readonly once: boolean
  readonly port: number
  readonly data: string | undefined
  readonly reader: string | undefined
  readonly real: 'no' | 'onlyReading' | 'writing'
  /** Missing: the simulated town. */
  readonly backend:
    | { readonly addresses: readonly string[]; readonly role: TerminalRole; readonly pem?: string }
    | undefined
}

const OPTIONS = {
  headless: { type: 'boolean', default: false },
  once: { type: 'boolean', default: false },
  port: { type: 'string', default: '0' },
  data: { type: 'string' },
  reader: { type: 'string' },
  'real-readers': { type: 'boolean', default: false },
  'write-real-card': { type: 'boolean', default: false },
  backend: { type: 'string', multiple: true },
  role: { type: 'string' },
  'client-key': { type: 'string' },
  'client-cert': { type: 'string' },
  ca: { type: 'string' },
} as const

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

/** Throws BadOption. */
export function startOptions(args: readonly string[]): StartOptions {
  const values = parsed(args)
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new BadOption(`--port is a number up to 65535, not ${values.port}`)
  if (values['write-real-card'] && !values['real-readers'])
    throw new BadOption('--write-real-card is for --real-readers')
  const real = values['real-readers'] ? (values['write-real-card'] ? 'writing' : 'onlyReading') : 'no'
  if (real !== 'no' && values.once) throw new BadOption('--once shows simulated cards; it is not for --real-readers')
  const { headless, once, data, reader } = values
  return { headless, once, port, data, reader, real, backend: backendOf(values) }
}

function parsed(args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values
  } catch (error) {
    throw new BadOption((error as Error).message)
  }
}

const LOCAL = new Set(['127.0.0.1', 'localhost', '[::1]'])

function backendOf(values: Values): StartOptions['backend'] {
  const { backend: addresses, role = 'kiosk', ca } = values
  const files = [values['client-key'], values['client-cert']]
  if (addresses === undefined) {
    if (values.role !== undefined || ca !== undefined || files.some((file) => file !== undefined))
      throw new BadOption('--role, --client-key, --client-cert and --ca are for --backend')
    return undefined
  }
  if (!(TERMINAL_ROLES as readonly string[]).includes(role))
    throw new BadOption(`--role is one of ${TERMINAL_ROLES.join(', ')}, not ${role}`)
  for (const address of addresses) checkAddress(address, files)
  const pem = [...files, ca].filter((file) => file !== undefined).map(readPem)
  const base = { addresses, role: role as TerminalRole }
  return pem.length === 0 ? base : { ...base, pem: pem.join('\n') }
}

function checkAddress(address: string, files: readonly (string | undefined)[]): void {
  const url = URL.parse(address)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new BadOption(`--backend is an address like https://backend.example:8460, not ${address}`)
  if (url.protocol === 'http:' && !LOCAL.has(url.hostname))
    throw new BadOption(`--backend ${address}: without TLS only on this machine`)
  if (url.protocol === 'https:' && files.includes(undefined))
    throw new BadOption('--backend https: a terminal is who its certificate is; give --client-key and --client-cert')
}

function readPem(path: string): string {
  if (!existsSync(path)) throw new BadOption(`${path} cannot be read`)
  return readFileSync(path, 'utf8')
}
