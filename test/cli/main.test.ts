/** The command line itself: exit codes and one clear sentence for whatever goes wrong. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { type CliCommand, UsageError } from '../../apps/cli/command.ts'
import { COMMANDS, type Commands } from '../../apps/cli/commands.ts'
import { main } from '../../apps/cli/main.ts'

const root = join(import.meta.dirname, '../..')

const command = (run: CliCommand['run']): Commands => ({
  probe: async () => ({ name: 'probe', summary: 'for this test', usage: 'madoguchi probe', run }),
})

async function cli(args: readonly string[], commands?: Commands, env: Record<string, string> = {}) {
  const out: string[] = []
  const err: string[] = []
  const io = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    env,
    signal: new AbortController().signal,
  }
  const code = await main(args, io, '1.2.3', commands)
  return { code, out: out.join('\n'), err: err.join('\n') }
}

test('help lists every command, and every command explains itself under its own name', async () => {
  const { code, out } = await cli(['--help'])
  assert.equal(code, 0)
  for (const [name, load] of Object.entries(COMMANDS)) {
    const found = await load()
    assert.equal(found.name, name)
    assert.match(out, new RegExp(`^  ${name} +\\S`, 'm'))
    assert.equal((await cli([name, '--help'])).out, found.usage)
    assert.equal((await cli(['help', name])).out, found.usage)
    assert.match(found.usage, new RegExp(`^madoguchi ${name}\\b`))
  }
})

test('no command, the version', async () => {
  assert.equal((await cli([])).out, (await cli(['--help'])).out)
  assert.deepEqual(await cli(['--version']), { code: 0, out: '1.2.3', err: '' })
})

test('what cannot be done as typed: one sentence, exit 2', async () => {
  for (const name of ['nope', 'constructor', '--nope', '']) {
    const { code, err } = await cli([name])
    assert.equal(code, 2)
    assert.match(err, /^madoguchi: there is no command .*; see madoguchi --help$/)
  }
  const usage = command(async () => {
    throw new UsageError('there is no file x.card.json')
  })
  assert.deepEqual(await cli(['probe'], usage), { code: 2, out: '', err: 'madoguchi: there is no file x.card.json' })
  assert.deepEqual(await cli(['doctor', '--nope']), { code: 2, out: '', err: "madoguchi: Unknown option '--nope'" })
})

test('a failure: its code and a sentence, exit 1; the stack only on request', async () => {
  const failing = command(async () => {
    throw Object.assign(new Error('the disk is full'), { code: 'ENOSPC' })
  })
  assert.deepEqual(await cli(['probe'], failing), { code: 1, out: '', err: 'madoguchi: ENOSPC: the disk is full' })
  assert.match((await cli(['probe'], failing, { MADOGUCHI_DEBUG: '1' })).err, /\n +at /)
})

test('what comes after -- belongs to the command', async () => {
  const seen: string[] = []
  const probe = command(async (args) => {
    seen.push(...args)
    return 7
  })
  assert.equal((await cli(['probe', '--', 'other', '--help'], probe)).code, 7)
  assert.deepEqual(seen, ['--', 'other', '--help'])
})

test('the door passes version, exit code and streams through', () => {
  const door = (...args: readonly string[]) =>
    spawnSync(process.execPath, [join(root, 'apps/cli/madoguchi.mjs'), ...args], { encoding: 'utf8' })
  assert.match(door('--version').stdout, /^\d+\.\d+\.\d+\n$/)
  const { status, stdout, stderr } = door('nope')
  assert.deepEqual([status, stdout, stderr], [2, '', 'madoguchi: there is no command "nope"; see madoguchi --help\n'])
})
