import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { HIERARCHY } from './fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-cli-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const program = new URL('../../apps/cli/madoguchi.mjs', import.meta.url).pathname
const env = { ...process.env, DATABASE_URL: undefined }
const ceremony = join(folder, 'ceremony.json')
writeFileSync(ceremony, JSON.stringify(HIERARCHY.quick))

const tried = (...args: readonly string[]) =>
  spawnSync(process.execPath, [program, 'backend', ...args], { encoding: 'utf8', env, timeout: 60_000 })

/** Started, and the address it says it listens on. */
async function started(
  ...args: readonly string[]
): Promise<{ readonly child: ChildProcess; readonly address: string }> {
  const child = spawn(process.execPath, [program, 'backend', '--port', '0', '--ceremony', ceremony, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [chunk] = await once(child.stdout as NodeJS.ReadableStream, 'data')
  return { child, address: /http:\/\/[\d.:]+/.exec(String(chunk))?.[0] ?? '' }
}

async function stopped(child: ChildProcess): Promise<number | null> {
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  return code
}

describe('madoguchi backend', () => {
  test('bad options: one clear sentence, exit 2, nothing made', () => {
    for (const [args, sentence] of [
      [['--role', 'king'], /--role is all, public, core or signer/],
      [['--port', 'x'], /--port is a number/],
      [['--host', '0.0.0.0'], /not this machine alone/],
      [['--tls-key', ceremony], /belong together/],
      [['--database', 'mysql://x'], /not a postgresql/],
      [['--ceremony', join(folder, 'none')], /cannot be read/],
      [['--hsm', '/lib/x.so'], /belong together/],
      [['--frobnicate'], /frobnicate/],
      [['--tls-key', ceremony, '--tls-cert', ceremony], /--tls-key: .* holds no private key in PEM/],
    ] as const) {
      const { status, stderr } = tried(...args, '--data', join(folder, 'bad'))
      assert.equal(status, 2, args.join(' '))
      assert.match(stderr, sentence)
      assert.equal(stderr.trim().split('\n').length, 1)
    }
    assert.equal(existsSync(join(folder, 'bad')), false)
    for (const [args, sentence] of [
      [['--data', ceremony], /--data: The folder .* is a file and no folder/],
      [['--data', join(ceremony, 'below')], /--data: The folder .* is a file and no folder, or lies below one/],
      [['--data', '/proc/none'], /--data: The folder \/proc\/none cannot be made or written/],
      [['--data', '/proc'], /--data: The folder \/proc cannot be made or written/],
      [['backp'], /backend backp is none of enrol, backup, restore, audit-export, audit-verify/],
      [['audit-verify', '--audit', 'none', '--key', 'none'], /--audit: there is no none/],
      [['restore', '--data', 'bad', '--from', 'none', '--key', 'none', '--audit', 'none'], /--from: there is no none/],
      [['audit-export', '--server', 'x', '--terminal', 'x', '--to', 'x'], /--server is an address/],
    ] as const) {
      const { status, stderr } = tried(...args)
      assert.deepEqual([status, stderr.trim().split('\n').length], [2, 1], args.join(' '))
      assert.match(stderr, sentence)
    }
    const broken = join(folder, 'broken.json')
    writeFileSync(broken, JSON.stringify({ authorities: [{ ...HIERARCHY.quick.authorities[0], firstSerial: 5 }] }))
    assert.match(tried('--ceremony', broken, '--data', join(folder, 'bad')).stderr, /authorities\.0\.firstSerial/)
  })

  test('a disk that has no room, at whatever place it is noticed: one clear sentence, exit 2', () => {
    for (const blocks of [1, 100, 400, 1000]) {
      const data = join(folder, `full-${blocks}`)
      // No file grows over so many blocks; the signal for it is ignored, so that writing fails as on a full disk.
      const shell = ['-c', `trap '' XFSZ; ulimit -f ${blocks}; exec "$0" "$@"`, process.execPath, program, 'backend']
      const args = ['--data', data, '--ceremony', ceremony, '--demo', '--port', '0']
      const { status, stderr } = spawnSync('sh', [...shell, ...args], { encoding: 'utf8', env, timeout: 60_000 })
      const said = stderr
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('{'))
      assert.equal(status, 2, `${blocks}: ${stderr}`)
      assert.equal(said.length, 1, stderr)
      assert.match(said[0] ?? '', /--data.*disk/)
    }
  })

  test('runs, refuses a second one on the same folder, stops on SIGTERM with exit 0, and finds its keys again', async () => {
    const data = join(folder, 'data')
    const first = await started('--data', data, '--demo')
    const before = await (await fetch(`${first.address}/authorities/auth-2.crt`)).text()
    assert.equal(
      (await fetch(`${first.address}/v1/cards/card-hanako`, { headers: { 'Madoguchi-Terminal': 'demo-kiosk' } }))
        .status,
      200,
    )
    if (process.platform === 'linux')
      assert.equal(
        readFileSync(`/proc/${first.child.pid}/coredump_filter`, 'utf8').trim(),
        '00000000',
        'keys are in no dump',
      )
    const second = tried('--data', data, '--port', '0')
    assert.equal(second.status, 2)
    assert.match(second.stderr, /Another backend is running/)
    const third = tried('--data', join(folder, 'third'), '--ceremony', ceremony, '--port', new URL(first.address).port)
    assert.deepEqual([third.status, /^madoguchi: --port \d+ is taken/.test(third.stderr)], [2, true], third.stderr)
    assert.equal(await stopped(first.child), 0)
    assert.equal(statSync(join(data, 'master.key')).mode & 0o777, 0o600)
    const key = readFileSync(join(data, 'master.key'))
    rmSync(join(data, 'master.key'))
    const stranger = tried('--data', data, '--port', '0')
    assert.equal(stranger.status, 2)
    assert.match(stranger.stderr, /made with another master key/)
    writeFileSync(join(data, 'master.key'), key, { mode: 0o600 })
    const again = await started('--data', data)
    assert.equal(await (await fetch(`${again.address}/authorities/auth-2.crt`)).text(), before)
    assert.equal((await fetch(`${again.address}/ready`)).status, 200)
    assert.equal(await stopped(again.child), 0)
  })

  test('backup, audit-export, audit-verify, restore: the operator’s round', async () => {
    const data = join(folder, 'round')
    const { child, address } = await started('--data', data, '--demo')
    const tool = (...args: readonly string[]) => {
      const { status, stdout, stderr } = tried(...args)
      return { status, said: stdout + stderr }
    }
    const [copy, log] = [join(folder, 'copy.db'), join(folder, 'audit.log')]
    assert.equal(tool('audit-export', '--server', address, '--terminal', 'demo-administrator', '--to', log).status, 0)
    assert.equal(tool('backup', '--data', data, '--to', copy).status, 0)
    assert.equal(tool('audit-export', '--server', address, '--terminal', 'demo-administrator', '--to', log).status, 0)
    assert.equal(await stopped(child), 0)
    assert.match(tool('audit-export', '--server', address, '--terminal', 'x', '--to', log).said, /does not answer/)
    const verified = tool('audit-verify', '--audit', log, '--key', `${log}.pem`)
    assert.deepEqual([verified.status, /as it was signed: \d+ lines/.test(verified.said)], [0, true])
    writeFileSync(join(folder, 'bad.log'), readFileSync(log, 'utf8').replace('terminal.enrolled', 'terminal.disabled'))
    assert.equal(tool('audit-verify', '--audit', join(folder, 'bad.log'), '--key', `${log}.pem`).status, 1)
    const fresh = join(folder, 'restored')
    const args = ['restore', '--data', fresh, '--from', copy, '--key', join(data, 'master.key'), '--audit', log]
    assert.match(tool(...args).said, /Restored/)
    assert.match(tool(...args).said, /already/)
    assert.match(tool('backup', '--data', data).said, /needs --to/)
    const again = await started('--data', fresh)
    assert.equal(
      (await fetch(`${again.address}/v1/cards/card-hanako`, { headers: { 'Madoguchi-Terminal': 'demo-kiosk' } }))
        .status,
      200,
    )
    assert.equal(await stopped(again.child), 0)
  })

  test('a database of a newer program is refused in one sentence', async () => {
    const data = join(folder, 'newer')
    const { child } = await started('--data', data)
    await stopped(child)
    const { openSqlite } = await import('../../src/backend/store/sqlite.ts')
    const store = openSqlite(data)
    await store.transaction((tx) => tx.run("INSERT INTO schema_version (version, name, at) VALUES (99, 'future', 1)"))
    await store.close()
    const { status, stderr } = tried('--data', data)
    assert.equal(status, 2)
    assert.match(stderr, /schemas never go back/)
  })
})
