/** What `npm start` is told on its command line. */
import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ROLES_WITH_SCREENS as ROLES } from '../../src/host/settings.ts'
import { STAFFED, type TerminalRole } from '../../src/wire/backend-roles.ts'
import { READERS } from './readers.ts'

export const USAGE = `npm start -- [options]

  --headless            print the addresses, open no window
  --port PORT           of the addresses; any free one when left out
  --data DIR            keep cards, register and journals there, and go on from there next time
  --reader NAME         the reader of the kiosk
  --kiosk-hours         the town's kiosk rests from 23:00 to 6:30, as real ones do; without it, it is always open
  --real-readers        the readers of this machine instead of virtual ones; cards in them are only read
  --write-real-card        with --real-readers: PINs may be tried and cards written to
  --backend URL         a backend that runs elsewhere, instead of the simulated town; twice for two endpoints
  --role ROLE           with --backend: as which this terminal is enrolled (default kiosk)
  --faces HOW           how faces are compared for the phone app: person, engine, or simulated (only in the town, and its default);
                        with --backend for --role resetApp, which needs it
  --staff-reader NAME   where staff sign in: at a counter (--role town, postOffice or consulate), or with --faces person
  --face-engine URL     with --faces engine: where it is (docs/face-engine.md)
  --client-key FILE     with --backend https or --face-engine https: key, certificate and the other side's authority, PEM
  --client-cert FILE
  --ca FILE
  --once                end after the demonstration
  --help                this page`

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
  /** F22b, in the simulated town. */
  readonly kiosksRest: boolean
  readonly real: 'no' | 'onlyReading' | 'writing'
  /** Missing: the simulated town. */
  readonly backend:
    | {
        readonly addresses: readonly string[]
        readonly role: TerminalRole
        readonly pem?: string
        /** At a counter. */
        readonly staffReader?: string
      }
    | undefined
  /** Missing: there is no phone app. */
  readonly faces: FacesOption | undefined
}

export type FacesOption =
  | { readonly how: 'simulated' }
  | { readonly how: 'person'; readonly reader: string | undefined }
  | { readonly how: 'engine'; readonly address: string; readonly pem?: string }

const OPTIONS = {
  headless: { type: 'boolean', default: false },
  once: { type: 'boolean', default: false },
  port: { type: 'string', default: '0' },
  data: { type: 'string' },
  reader: { type: 'string' },
  'kiosk-hours': { type: 'boolean', default: false },
  'real-readers': { type: 'boolean', default: false },
  'write-real-card': { type: 'boolean', default: false },
  backend: { type: 'string', multiple: true },
  role: { type: 'string' },
  faces: { type: 'string' },
  'staff-reader': { type: 'string' },
  'face-engine': { type: 'string' },
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
  const { headless, once, data, reader, 'kiosk-hours': kiosksRest } = values
  const pem = pemOf(values)
  const backend = backendOf(values, pem)
  if (kiosksRest && (backend !== undefined || real !== 'no'))
    throw new BadOption('--kiosk-hours is for the simulated town')
  return { headless, once, port, data, reader, kiosksRest, real, backend, faces: facesOf(values, backend, pem) }
}

function parsed(args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values
  } catch (error) {
    throw new BadOption((error as Error).message)
  }
}

const LOCAL = new Set(['127.0.0.1', 'localhost', '[::1]'])

function backendOf(values: Values, pem: string | undefined): StartOptions['backend'] {
  const { backend: addresses, role } = values
  if (addresses === undefined) {
    if (role !== undefined) throw new BadOption('--role is for --backend')
    return undefined
  }
  const known = ROLES.find((one) => one === (role ?? 'kiosk'))
  if (known === undefined) throw new BadOption(`--role is one of ${ROLES.join(', ')}, not ${role}`)
  for (const address of addresses) checkAddress('--backend', address, pem)
  const staffReader = STAFFED.includes(known) ? (staffReaderOf(values, `--role ${known}`) ?? READERS.staff) : undefined
  return {
    addresses,
    role: known,
    ...(pem !== undefined && { pem }),
    ...(staffReader !== undefined && { staffReader }),
  }
}

const WAYS = ['person', 'engine', 'simulated'] as const

function facesOf(values: Values, backend: StartOptions['backend'], pem: string | undefined): FacesOption | undefined {
  const inTown = backend === undefined && !values['real-readers']
  const { faces: how = inTown ? 'simulated' : undefined, 'face-engine': address, 'staff-reader': reader } = values
  if (reader !== undefined && how !== 'person' && backend?.staffReader === undefined)
    throw new BadOption('--staff-reader is for --faces person, or for a counter (--role town, postOffice or consulate)')
  if (address !== undefined && how !== 'engine') throw new BadOption('--face-engine is for --faces engine')
  if (how === undefined) {
    if (backend?.role === 'resetApp')
      throw new BadOption('--role resetApp: how are faces compared? Give --faces person or --faces engine')
    return undefined
  }
  if (!inTown && backend?.role !== 'resetApp')
    throw new BadOption('--faces is for the phone app: in the simulated town, or with --backend and --role resetApp')
  switch (WAYS.find((way) => way === how)) {
    case undefined:
      throw new BadOption(`--faces is one of ${WAYS.join(', ')}, not ${how}`)
    case 'simulated':
      if (inTown) return { how: 'simulated' }
      throw new BadOption('--faces simulated compares nothing; beside a backend it is --faces person or --faces engine')
    case 'person':
      return { how: 'person', reader: staffReaderOf(values, '--faces person') }
    case 'engine':
      if (address === undefined) throw new BadOption('--faces engine needs --face-engine URL')
      checkAddress('--face-engine', address, pem)
      return { how: 'engine', address, ...(pem === undefined ? {} : { pem }) }
  }
}

/** Of several readers on a machine each has its purpose: a staff card is no resident's. */
function staffReaderOf(
  { reader, 'staff-reader': staff, 'real-readers': real }: Values,
  what: string,
): string | undefined {
  if (real && (reader === undefined || staff === undefined))
    throw new BadOption(`${what} with --real-readers: name both, --reader and --staff-reader`)
  if (staff !== undefined && staff === reader) throw new BadOption('--staff-reader is another one than --reader')
  return staff
}

function checkAddress(option: string, address: string, pem: string | undefined): void {
  const url = URL.parse(address)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new BadOption(`${option} is an address like https://backend.example:8460, not ${address}`)
  if (url.protocol === 'http:' && !LOCAL.has(url.hostname))
    throw new BadOption(`${option} ${address}: without TLS only on this machine`)
  if (url.protocol === 'https:' && pem === undefined)
    throw new BadOption(`${option} https: a terminal is who its certificate is; give --client-key and --client-cert`)
}

/** Key, certificate and authority, one after another. */
function pemOf({ backend, 'face-engine': engine, ...values }: Values): string | undefined {
  const own = [values['client-key'], values['client-cert']]
  const files = [...own, values.ca].filter((file) => file !== undefined)
  if (files.length > 0 && backend === undefined && engine === undefined)
    throw new BadOption('--client-key, --client-cert and --ca are for --backend and --face-engine')
  if (own.filter((file) => file !== undefined).length === 1)
    throw new BadOption('--client-key and --client-cert belong together')
  return own.includes(undefined) ? undefined : files.map(readPem).join('\n')
}

function readPem(path: string): string {
  if (!existsSync(path)) throw new BadOption(`${path} cannot be read`)
  return readFileSync(path, 'utf8')
}
