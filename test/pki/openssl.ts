/** OpenSSL as an oracle: another implementation that nobody here wrote. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface OpensslRun {
  readonly status: number
  readonly out: string
  readonly err: string
}

/** Runs `openssl ARGS`; `input` goes to its standard input. */
export function openssl(args: readonly string[], input?: Uint8Array | string): OpensslRun {
  const run = spawnSync('openssl', args, { input, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (run.error !== undefined) throw new Error('These tests need the openssl program: apt-get install openssl')
  return { status: run.status ?? -1, out: run.stdout, err: run.stderr }
}

/** A folder of files for openssl, removed after `use`. */
export async function withFiles<T>(
  files: Readonly<Record<string, Uint8Array | string>>,
  use: (path: (name: string) => string) => T | Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-pki-'))
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    return await use((name) => join(folder, name))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
