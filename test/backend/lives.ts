/**
 * Lives in processes that may be killed. What costs most of a kill is the start of the next process, so some wait ahead with everything
 * loaded, and what they compile is kept on disk between them.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Lives {
  /** Runs one life; `afterMs` kills it from outside after so long. True: it was killed. Throws when it failed by itself. */
  killed(job: object, afterMs?: number): Promise<boolean>
  close(): Promise<void>
}

export interface LivesOptions {
  /** Processes that wait. */
  readonly ahead?: number
  /** For Node, before the entry. */
  readonly args?: readonly string[]
}

interface Life {
  readonly process: ChildProcess
  /** Exit code, signal and what it said on the error stream, whenever it ends. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null; readonly said: string }>
}

/** `entry` reads its job from standard input and does nothing when there is none. */
export function lives(entry: string, { ahead = 2, args = [] }: LivesOptions = {}): Lives {
  const cache = mkdtempSync(join(tmpdir(), 'madoguchi-lives-'))
  const env = { ...process.env, NODE_COMPILE_CACHE: cache }

  function start(): Life {
    const child = spawn(process.execPath, [...args, join(import.meta.dirname, entry)], {
      env,
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString()
    })
    // Who dies early does not read to the end.
    child.stdin.on('error', () => {})
    // Also one that dies while it waits is noticed when its turn comes.
    const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, said }))
    return { process: child, ended }
  }

  // The first one only fills the cache: a process that is killed keeps nothing.
  const warm = start()
  warm.process.stdin?.end()
  const waiting: Life[] = []

  return {
    async killed(job, afterMs) {
      await warm.ended
      const life = waiting.shift() ?? start()
      while (waiting.length < ahead) waiting.push(start())
      life.process.stdin?.end(JSON.stringify(job))
      const timer = afterMs === undefined ? undefined : setTimeout(() => life.process.kill('SIGKILL'), afterMs)
      const { code, signal, said } = await life.ended
      clearTimeout(timer)
      if (signal === 'SIGKILL') return true
      if (code !== 0) throw new Error(`the flow failed by itself: exit ${code}\n${said}`)
      return false
    },
    async close() {
      await warm.ended
      for (const { process, ended } of waiting.splice(0)) {
        process.kill('SIGKILL')
        await ended
      }
      rmSync(cache, { recursive: true, force: true })
    },
  }
}
