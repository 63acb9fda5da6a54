/**
 * Why the machine's PC/SC service cannot be reached. On Linux the service is a daemon behind a Unix socket, and the client library
 * says "stopped" both when nobody listens and when the daemon speaks another protocol version (facts, PC/SC 1 and 2).
 */
import { spawn } from 'node:child_process'
import { access, constants, mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { connect, createServer } from 'node:net'
import { endianness, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ReaderTrouble } from '../../src/card/ports.ts'

const VERSION_COMMAND = 0x11
const PATIENCE_MS = 2000
const LITTLE = endianness() === 'LE'
const get = (bytes: Buffer, at: number) => (LITTLE ? bytes.readInt32LE(at) : bytes.readInt32BE(at))
const put = (bytes: Buffer, at: number, value: number) =>
  LITTLE ? bytes.writeInt32LE(value, at) : bytes.writeInt32BE(value, at)

/** Where the client library looks for the daemon. */
export const socketPath = (): string => process.env['PCSCLITE_CSOCK_NAME'] ?? '/run/pcscd/pcscd.comm'

/** The reason behind "service not running" or "service stopped". */
export async function diagnoseService(): Promise<ReaderTrouble> {
  if (process.platform !== 'linux') return { kind: 'serviceDown' }
  const refusal = await access(socketPath(), constants.R_OK | constants.W_OK).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code,
  )
  if (refusal === 'EACCES' || refusal === 'EPERM') return { kind: 'noRights' }
  const service = await serviceProtocol()
  if (service === undefined) return { kind: 'serviceDown' }
  const client = await clientProtocol()
  if (client === undefined || client === service) return { kind: 'serviceDown' }
  return { kind: 'protocolMismatch', client, service }
}

/** The protocol version the service answers with, as `4.4`; undefined when nobody answers. */
export function serviceProtocol(path = socketPath()): Promise<string | undefined> {
  const request = Buffer.alloc(8 + 12)
  for (const [at, value] of [12, VERSION_COMMAND, 4, 4].entries()) put(request, at * 4, value)
  return new Promise((resolve) => {
    const received: Buffer[] = []
    const socket = connect(path)
    const done = (version?: string) => {
      socket.destroy()
      resolve(version)
    }
    socket.setTimeout(PATIENCE_MS, () => done())
    socket.on('error', () => done())
    socket.on('close', () => done())
    socket.on('connect', () => socket.write(request))
    socket.on('data', (chunk) => {
      received.push(chunk)
      const reply = Buffer.concat(received)
      if (reply.length >= 12) done(`${get(reply, 0)}.${get(reply, 4)}`)
    })
  })
}

/**
 * The protocol version this machine's client library speaks: a process of its own is led to a socket of ours, because the library
 * reads the path once in the life of a process. undefined when the binding is missing.
 */
export async function clientProtocol(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'madoguchi-'))
  const path = join(folder, 'socket')
  const heard = Promise.withResolvers<string | undefined>()
  const server = createServer((socket) => {
    socket.on('error', () => {})
    let request = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      request = Buffer.concat([request, chunk])
      if (request.length < 16) return
      heard.resolve(`${get(request, 8)}.${get(request, 12)}`)
      socket.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const binding = JSON.stringify(createRequire(import.meta.url).resolve('smartcard'))
  const child = spawn(process.execPath, ['-e', `new (require(${binding}).Context)()`], {
    stdio: 'ignore',
    timeout: PATIENCE_MS,
    env: { ...process.env, PCSCLITE_CSOCK_NAME: path },
  })
  child.on('error', () => heard.resolve(undefined))
  child.on('exit', () => heard.resolve(undefined))
  const version = await heard.promise
  child.kill()
  server.close()
  await rm(folder, { recursive: true, force: true })
  return version
}
