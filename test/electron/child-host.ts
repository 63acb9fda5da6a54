/** The host process as a real one: what a test's Electron starts, and what can be killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { root } from '../house/tree.ts'
import type { FakePort, HostLike } from './fake-electron.ts'
import type { Crossing } from './host-child.ts'

export const HOST = join(root, 'test/electron/host-child.ts')

interface Start {
  readonly command?: readonly string[]
  readonly cwd?: string
  /** What it prints: passed on, or kept for who asks `child` for it. */
  readonly output?: 'inherit' | 'pipe'
}

export class ChildHost extends EventEmitter implements HostLike {
  readonly child: ChildProcess
  readonly #ports = new Map<number, MessagePort>()
  deaf = false
  constructor(
    env: NodeJS.ProcessEnv,
    { command = [process.execPath, HOST], cwd = process.cwd(), output = 'inherit' }: Start = {},
  ) {
    super()
    const [program = '', ...args] = command
    this.child = spawn(program, args, {
      env,
      cwd,
      stdio: ['ignore', output, output, 'ipc'],
      serialization: 'advanced',
    })
    this.child.on('message', (crossing: Crossing) => {
      if ('data' in crossing) this.emit('message', crossing.data)
      else if (crossing.bytes === undefined) this.#ports.get(crossing.port)?.close()
      else this.#ports.get(crossing.port)?.postMessage(Uint8Array.from(crossing.bytes))
    })
    this.child.on('exit', (code) => {
      for (const port of this.#ports.values()) port.close()
      this.emit('exit', code)
    })
  }
  get killed(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }
  postMessage(data: unknown, ports: FakePort[] = []): void {
    const ids = ports.map(({ node }) => {
      const id = this.#ports.size + 1
      this.#ports.set(id, node)
      node.on('message', (bytes: Uint8Array) => this.#send({ port: id, bytes }))
      return id
    })
    this.#send({ data, ports: ids })
  }
  kill(): void {
    this.child.kill()
  }
  die(): void {
    this.child.kill('SIGKILL')
  }
  #send(crossing: Crossing): void {
    if (this.child.connected) this.child.send(crossing)
  }
}
