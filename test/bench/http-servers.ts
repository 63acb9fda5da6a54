/** Web servers for measuring, each in a process of its own, and the load on them: nginx and wrk as Debian ships them. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'

export interface Served {
  readonly port: number
  readonly process: ChildProcess
}

/** nginx with one worker, giving these bytes for every address under /ocsp/. */
export async function nginx(folder: string, bytes: Uint8Array): Promise<Served> {
  const port = await freePort()
  const place = (name: string) => join(folder, name)
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  writeFileSync(place('answer'), bytes)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${place(name)};`,
  )
  writeFileSync(
    place('nginx.conf'),
    `${process.getuid?.() === 0 ? 'user root;' : ''} worker_processes 1; daemon off; pid ${place('pid')}; error_log ${place('log')};
     events { worker_connections 512; }
     http {
       access_log off; keepalive_requests 100000000; open_file_cache max=10; ${temporary.join(' ')}
       server {
         listen 127.0.0.1:${port}; root ${folder};
         location /ocsp/ {
           default_type application/ocsp-response; add_header Cache-Control "max-age=900, public"; try_files /answer =404;
         }
       }
     }`,
  )
  const child = spawn('nginx', ['-c', place('nginx.conf')], { stdio: 'ignore' })
  await Promise.race([
    once(child, 'error').then(() => {
      throw new Error('this bench needs nginx (Debian package nginx-light)')
    }),
    answering(port),
  ])
  return { port, process: child }
}

/** Our own, started by a script that prints its port. */
export async function nodeServer(script: string, ...args: readonly string[]): Promise<Served> {
  const child = spawn(process.execPath, [new URL(script, import.meta.url).pathname, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(child.stdout, 'data')
  return { port: Number(String(line)), process: child }
}

export async function stop({ process: child }: Served): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}

export interface Load {
  /** Answers a second. */
  readonly rate: number
  /** Microseconds of processor time an answer cost the server, workers included. */
  readonly cost: number
}

/** One core asks, 32 connections that stay open. */
export async function load({ port, process: child }: Served, path: string, seconds: number): Promise<Load> {
  const before = processorTime(child.pid ?? 0)
  const args = ['-t1', '-c32', `-d${seconds}s`, `http://127.0.0.1:${port}${path}`]
  const { stdout } = await promisify(execFile)('wrk', args).catch((error: Error) => {
    throw new Error('this bench needs wrk (Debian package wrk)', { cause: error })
  })
  const count = Number(/(\d+) requests in/.exec(stdout)?.[1])
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1])
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`bench: ${stdout}`)
  return { rate, cost: (processorTime(child.pid ?? 0) - before) / count }
}

/** User and system time of a process and its children so far, microseconds (proc(5), in ticks of 10 ms). */
function processorTime(pid: number): number {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const stats = all.flatMap((name) => {
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8')
      return [{ pid: Number(name), fields: text.slice(text.lastIndexOf(')') + 2).split(' ') }]
    } catch {
      return []
    }
  })
  const own = stats.filter((stat) => stat.pid === pid || Number(stat.fields[1]) === pid)
  return own.reduce((sum, { fields }) => sum + Number(fields[11]) + Number(fields[12]), 0) * 10_000
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function answering(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/ocsp/`).catch(() => undefined)
    if (answer?.ok === true) return
    await wait(50)
  }
  throw new Error('bench: nginx does not answer')
}
