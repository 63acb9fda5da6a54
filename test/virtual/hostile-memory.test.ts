/** However many clients flood it, the service's memory stays bounded, and it goes on serving. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { RawClient, u32 } from './raw-client.ts'

const CLI = new URL('../../apps/cli/madoguchi.mjs', import.meta.url).pathname
const CLIENTS = 190
const MIB = 2 ** 20

/** Answers that nobody reads: 3 KiB each, for 40 bytes asked. */
const STATES = Buffer.concat(Array.from({ length: 4000 }, () => u32(0, 0x12)))
/** The longest command there is, but for its last byte. */
const UNFINISHED = Buffer.concat([u32(32, 9, 1, 2, 16, 65_548, 0, 16, 65_548, 0), Buffer.alloc(65_547)])

async function deaf(path: string, bytes: Buffer): Promise<Socket> {
  const socket = connect(path)
  socket.on('error', () => {})
  socket.pause()
  await once(socket, 'connect')
  socket.write(bytes)
  return socket
}

test('190 clients that flood and never read cost less than 250 MiB, and the next one is served', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'madoguchi-memory-'))
  const path = join(folder, 'pcsc')
  const service = spawn(process.execPath, [CLI, 'readers', '--reader', 'A=resident', '--socket', path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const sockets: Socket[] = []
  try {
    await once(service.stdout, 'data')
    const resident = () =>
      Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))?.[1]) * 1024
    const before = resident()
    let most = before
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < CLIENTS; i++) sockets.push(await deaf(path, i % 2 === 0 ? STATES : UNFINISHED))
      await new Promise((resolve) => setTimeout(resolve, 300))
      most = Math.max(most, resident())
      for (const socket of sockets.splice(0)) socket.destroy()
    }
    assert.ok(most - before < 250 * MIB, `${Math.round((most - before) / MIB)} MiB`)
    const client = await RawClient.open(path)
    assert.equal((await client.connect('A')).rv, 0)
    client.close()
  } finally {
    for (const socket of sockets) socket.destroy()
    service.kill()
    await once(service, 'exit')
    await rm(folder, { recursive: true, force: true })
  }
})
