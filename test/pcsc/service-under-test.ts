/** Starts the service process and gives it orders. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Order } from './service-process.ts'

/** The client library reads the path once in the life of a process, so a test file has one path. */
export const socket = join(mkdtempSync(join(tmpdir(), 'madoguchi-pcsc-')), 'socket')
process.env['PCSCLITE_CSOCK_NAME'] = socket

export interface ServiceUnderTest {
  order(order: Order): Promise<void>
  stop(): Promise<void>
}

export async function startService(): Promise<ServiceUnderTest> {
  const child = fork(join(import.meta.dirname, 'service-process.ts'), [socket], { stdio: 'inherit' })
  await once(child, 'message')
  const order = async (wish: Order) => {
    child.send(wish)
    await once(child, 'message')
  }
  return {
    order,
    stop: async () => {
      const exited = once(child, 'exit')
      await order({ do: 'close' })
      await exited
    },
  }
}
