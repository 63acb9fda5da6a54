/** `madoguchi run`, `readers` and `attach` as a person meets them. */
import assert from 'node:assert/strict'
import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { chmod, copyFile, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import { formatCardImage, parseCardImage } from '../../applets-sim/image-file.ts'
import { openCard } from '../../apps/cli/card-source.ts'
import { UsageError } from '../../apps/cli/command.ts'
import { main } from '../../apps/cli/main.ts'
import { RawClient } from './raw-client.ts'
import { within } from './with-service.ts'

const CLI = new URL('../../apps/cli/madoguchi.mjs', import.meta.url).pathname

interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

function madoguchi(...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { timeout: 30_000 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out, err })
    })
  })
}

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'madoguchi-cli-'))
  const image = join(path, 'hanako.card.json')
  await writeFile(image, formatCardImage(await makeCardImage('resident')))
  return { path, image, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Spends one try of the auth PIN through whatever service the environment names. */
const SPEND = `
import { RawClient } from ${JSON.stringify(new URL('./raw-client.ts', import.meta.url).href)}
const client = await RawClient.open(process.env.PCSCLITE_CSOCK_NAME)
const card = await client.handle((await client.readers())[0].name)
for (const hex of ['00A4040C0AD392F000260100000001', '002000980430303030'])
  console.log((await client.transmit(card, Buffer.from(hex, 'hex'))).answer.toString('hex'))
client.close()
`

async function tries(image: string): Promise<string> {
  const { cells } = parseCardImage(await readFile(image, 'utf8'))
  return cells['jpki']?.['0018.tries'] ?? ''
}

test('run: what happens to a card from a file is kept, unless discarded; nothing else is left behind', async () => {
  await using it = await folder()
  const spend = ['--', process.execPath, '--input-type=module', '-e', SPEND]
  const { code, out, err } = await madoguchi('run', '--reader', `窓口=${it.image}`, ...spend)
  assert.deepEqual([code, out, err], [0, '9000\n63c2\n', ''])
  assert.equal(await tries(it.image), '02')
  await madoguchi('run', '--discard', '--reader', `窓口=${it.image}`, ...spend)
  assert.equal(await tries(it.image), '02')
  const link = join(it.path, 'link.card.json')
  await symlink(it.image, link)
  await madoguchi('run', '--reader', `窓口=${link}`, ...spend)
  assert.equal(await tries(it.image), '01', 'through a link, which stays one')
  assert.deepEqual((await readdir(it.path)).sort(), ['hanako.card.json', 'link.card.json'])
  assert.equal((await stat(it.image)).isFile(), true)
})

test("run: without options one resident; exit codes are the command's, and a shell's", async () => {
  const print = 'console.log(process.env.PCSCLITE_CSOCK_NAME); process.exit(7)'
  const { code, out } = await madoguchi('run', '--', process.execPath, '-e', print)
  assert.equal(code, 7)
  await assert.rejects(stat(out.trim()), 'the socket is gone')
  assert.equal((await madoguchi('run', '--', 'sh', '-c', 'kill -TERM $$')).code, 143)
  const missing = await madoguchi('run', '--', '/nowhere/no-such-command')
  assert.deepEqual([missing.code, missing.err], [127, 'madoguchi: /nowhere/no-such-command cannot be run\n'])
  await using it = await folder()
  assert.equal((await madoguchi('run', '--', it.image)).code, 126)
})

test('run: a signal reaches the command, and the card is saved', async () => {
  await using it = await folder()
  const wait = `${SPEND}\nprocess.on('SIGTERM', () => process.exit(9)); setInterval(() => {}, 1000); console.log('ready')`
  const args = [CLI, 'run', '--reader', `A=${it.image}`, '--', process.execPath, '--input-type=module', '-e', wait]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await line(child, /ready/)
  child.kill('SIGTERM')
  assert.equal(await new Promise((resolve) => child.once('exit', (code) => resolve(code))), 9)
  assert.equal(await tries(it.image), '02')
})

test('bad options, missing files, unknown profiles: one clear sentence, exit 2', async () => {
  await using it = await folder()
  const broken = join(it.path, 'broken.card.json')
  await writeFile(broken, (await readFile(it.image, 'utf8')).replace('"madoguchi-card"', '"other"'))
  const socket = join(it.path, 'not-a-socket')
  await copyFile(it.image, socket)
  const cases: readonly [args: readonly string[], sentence: RegExp][] = [
    [['run'], /which command/],
    [['run', '--reader', '=x', '--', 'true'], /NAME or NAME=CARD/],
    [['run', '--reader', 'A=', '--', 'true'], /NAME or NAME=CARD/],
    [['run', '--reader', 'A', '--reader', 'A', '--', 'true'], /already a reader "A"/],
    [['run', '--reader', 'x'.repeat(200), '--', 'true'], /1 to 127 bytes/],
    [['run', '--reader', 'A=nosuch', '--', 'true'], /no profile "nosuch".*resident/],
    [['run', '--reader', `A=${it.path}`, '--', 'true'], /cannot be read \(EISDIR\)/],
    [['run', '--reader', `A=${broken}`, '--', 'true'], /broken\.card\.json.*format/],
    [['run', '--readers', 'A', '--', 'true'], /--readers/],
    [['readers', '--socket', socket], /something else than a socket/],
    [['readers', '--control', `/tmp/${'x'.repeat(200)}`], /longer than 107 bytes/],
    [['readers', 'extra'], /extra/],
    [['attach', 'resident'], /HOST:PORT/],
    [['attach', '--vpcd', 'localhost', 'resident'], /HOST:PORT/],
    [['attach', '--vpcd', 'localhost:99999', 'resident'], /HOST:PORT/],
    [['attach', '--vpcd', 'localhost:35963'], /which card/],
    [['attach', '--vpcd', 'localhost:35963', 'nosuch'], /no profile "nosuch"/],
  ]
  for (const [args, sentence] of cases) {
    const errors: string[] = []
    const io = {
      out: () => {},
      err: (text: string) => errors.push(text),
      env: {},
      signal: new AbortController().signal,
    }
    assert.equal(await main(args, io, '0'), 2, `${args.join(' ')}: ${errors}`)
    assert.match(errors[0] ?? '', sentence)
    assert.equal(errors.length, 1)
    assert.doesNotMatch(errors[0] ?? '', /\n/)
  }
})

test('readers: prints the sockets, serves both, saves a card that is removed, ends on a signal', async () => {
  await using it = await folder()
  const socket = join(it.path, 'pcsc')
  const control = join(it.path, 'control')
  const args = [
    CLI,
    'readers',
    '--reader',
    `窓口=${it.image}`,
    '--reader',
    '空',
    '--socket',
    socket,
    '--control',
    control,
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const printed = await line(child, /PCSCLITE_CSOCK_NAME/)
  assert.match(printed, /reader {3}窓口: .*hanako\.card\.json \(simulated\)\nreader {3}空: empty \(simulated\)/)
  assert.match(printed, new RegExp(`control {2}${control}\npcsc {5}export PCSCLITE_CSOCK_NAME=${socket}`))
  assert.match((await madoguchi('readers', '--socket', socket)).err, /another program already serves/)
  const client = await RawClient.open(socket)
  const card = await client.handle('窓口')
  for (const command of ['00A4040C0AD392F000260100000001', '002000980430303030'])
    await client.transmit(card, Buffer.from(command, 'hex'))
  assert.equal(await tries(it.image), '03')
  const removed = await new Promise<number>((resolve) => {
    const path = `/readers/${encodeURIComponent('窓口')}/remove`
    request({ socketPath: control, method: 'POST', path }, (answer) => resolve(answer.statusCode ?? 0)).end()
  })
  assert.equal(removed, 204)
  assert.equal(await tries(it.image), '02')
  client.close()
  child.kill('SIGTERM')
  assert.equal(await new Promise((resolve) => child.once('exit', (code) => resolve(code))), 0)
  assert.deepEqual(await readdir(it.path), ['hanako.card.json'])
})

test('a card file that somebody else wrote meanwhile is not overwritten; the new state is kept beside it', async () => {
  await using it = await folder()
  const { card, save } = await openCard(it.image)
  card.powerOn('contact')
  for (const command of ['00A4040C0AD392F000260100000001', '002000980430303030'])
    card.transmit(Buffer.from(command, 'hex'))
  const other = formatCardImage(await makeCardImage('child'))
  await writeFile(it.image, other)
  const error = await save().then(
    () => assert.fail('it was to be refused'),
    (reason: Error) => reason,
  )
  assert.match(error.message, /changed by somebody else; the card's new state is in/)
  assert.equal(await readFile(it.image, 'utf8'), other)
  assert.equal(await tries(error.message.split(' ').at(-1)!), '02')
})

test('a card file that cannot be written back is refused before anything happens, and taken with --discard', async () => {
  await using it = await folder()
  await chmod(it.image, 0o444)
  await chmod(it.path, 0o555)
  // Whoever may do everything becomes somebody who may not, once the code is loaded.
  const script = `
import { openCard } from ${JSON.stringify(new URL('../../apps/cli/card-source.ts', import.meta.url).href)}
if (process.getuid() === 0) process.setuid(65534)
await openCard(${JSON.stringify(it.image)}).catch((error) => console.log(error.name, error.message))
console.log((await openCard(${JSON.stringify(it.image)}, { discard: true })).label === ${JSON.stringify(it.image)})
`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  assert.match(stdout, /^UsageError what happens to the card cannot be kept in .* \(EACCES\); --discard .*\ntrue\n$/)
})

test('the second card of a profile has a serial of its own, because clients cache by it', async () => {
  const serial = async (copy: number) =>
    (await openCard('resident', { copy })).card.toImage().cells['common']?.['0001/01']
  assert.notEqual(await serial(0), await serial(1))
  assert.notEqual(await serial(1), await serial(2))
  await assert.rejects(openCard('Resident'), UsageError)
})

/** Everything printed until a line matches. */
async function line(child: ChildProcessByStdio<null, Readable, null>, wanted: RegExp): Promise<string> {
  let text = ''
  const found = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (wanted.test(text)) resolve(text)
    })
  })
  const printed = await within(found, 10_000)
  assert.notEqual(printed, 'waiting', text)
  return printed
}
