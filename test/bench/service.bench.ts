/** What a command costs through libpcsclite: our service, a bare Unix socket, and pcscd + vpcd as Debian ships it. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { virtualReaders } from '../../apps/testkit/testkit.ts'
import { cardSeen } from '../interop/paths.ts'
import { RealPcscd, VPCD_PORT, VPCD_READER } from '../interop/real-pcscd.ts'
import type { BenchLine } from './bench-line.ts'

const run = promisify(execFile)
const path = (name: string) => new URL(name, import.meta.url).pathname
/** Bytes of TRANSMIT's answer to the client's READ BINARY before anything is selected: the struct and a status word. */
const ANSWER = 34

/** Compiles the client on the fly. Rejects when gcc or libpcsclite's headers are missing. */
async function compile(folder: string): Promise<string> {
  const client = join(folder, 'client')
  const source = path('./pcsc-client.c')
  try {
    await run('gcc', ['-O2', '-Wall', '-I/usr/include/PCSC', '-o', client, source, '-lpcsclite'])
  } catch (error) {
    throw new Error('this bench needs gcc and libpcsclite-dev', { cause: error })
  }
  return client
}

/** Microseconds a round trip: the median of the batches. */
async function time(client: string, mode: string, target: string, trips: number, env: object = {}): Promise<number> {
  const { stdout } = await run(client, [mode, target, String(trips)], { env: { ...process.env, ...env } })
  return Number(stdout)
}

/** A server that does nothing but answer; returns the way to stop it. */
async function servePings(socketPath: string): Promise<() => Promise<unknown>> {
  const answer = Buffer.alloc(ANSWER)
  const server = createServer((socket) => {
    socket.on('data', () => socket.write(answer))
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  return () => new Promise((resolve) => server.close(resolve))
}

/** In turns, the best of each: what else the machine does hits both alike. */
async function compare(client: string, folder: string): Promise<{ readonly bare: number; readonly ours: number }> {
  await using readers = await virtualReaders({ Madoguchi: 'resident' })
  const socket = join(folder, 'ping')
  const stop = await servePings(socket)
  let bare = Number.POSITIVE_INFINITY
  let ours = Number.POSITIVE_INFINITY
  for (let round = 0; round < 4; round++) {
    bare = Math.min(bare, await time(client, 'ping', socket, 10_000))
    ours = Math.min(ours, await time(client, 'pcsc', 'Madoguchi', 10_000, readers.env))
  }
  await stop()
  return { bare, ours }
}

export async function* bench(): AsyncGenerator<BenchLine> {
  const folder = await mkdtemp(join(tmpdir(), 'madoguchi-bench-'))
  try {
    const client = await compile(folder)
    const { bare, ours } = await compare(client, folder)
    yield { name: 'bare Unix-socket ping-pong, Node.js answering', value: bare, unit: 'µs' }
    yield {
      name: 'command through libpcsclite and the PC/SC service',
      value: ours,
      unit: 'µs',
      ratio: ours / bare,
      against: 'bare Unix-socket ping-pong',
      aim: { atMost: 2.5 },
    }
    const shipped = await throughPcscd(client)
    yield {
      name: 'command through libpcsclite, pcscd and vpcd as Debian ships them',
      value: shipped,
      unit: 'µs',
      ratio: shipped / ours,
      against: 'the PC/SC service',
      aim: { atLeast: 300 },
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function throughPcscd(client: string): Promise<number> {
  await using pcscd = await RealPcscd.start({ quickAck: false })
  const attach = [path('../../apps/cli/madoguchi.mjs'), 'attach', '--vpcd', `127.0.0.1:${VPCD_PORT}`, 'resident']
  await pcscd.attach([process.execPath, ...attach])
  await cardSeen(pcscd.env.PCSCLITE_CSOCK_NAME, true)
  return await time(client, 'pcsc', VPCD_READER, 100, pcscd.env)
}
