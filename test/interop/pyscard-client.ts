/** A program with pyscard, call by call. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'

const SCRIPT = new URL('./pyscard-calls.py', import.meta.url).pathname

export class PyscardClient implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly #reader: Interface

  constructor(env: Readonly<Record<string, string>>) {
    // Debian's Python, because pyscard is Debian's (python3-pyscard).
    this.#child = spawn('/usr/bin/python3', [SCRIPT], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#reader = createInterface(this.#child.stdout!)
    this.#lines = this.#reader[Symbol.asyncIterator]()
  }

  /** The return code in hexadecimal, and a command's answer after it. */
  async call(call: string): Promise<string> {
    this.#child.stdin!.write(`${call}\n`)
    const { value, done } = await this.#lines.next()
    if (done === true) throw new Error('this test needs python3-pyscard: apt-get install python3-pyscard')
    return value
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#reader.close()
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill()
    await ended
  }
}
