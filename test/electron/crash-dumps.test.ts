/**
 * A canary in what a fallen host process leaves behind (decision 0221): a PIN has been typed and waits for its second entry, the card's
 * holder is in the same memory, core dumps and Node's reports are switched on around it – and it really falls over.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { registerHooks } from 'node:module'
import { after, test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import { portWire } from '../../apps/terminal/renderer/shared/port-wire.ts'
import { connect } from '../../src/wire/connect.ts'
import { type Screen, screenSchema } from '../../src/wire/view.ts'
import { read, root, sourceFiles } from '../house/tree.ts'
import { ChildHost, HOST } from './child-host.ts'
import { fake } from './electron-module.ts'
import { FakePort } from './fake-electron.ts'
import type { Fall, Guise } from './host-child.ts'
import {
  CORES_LIE_HERE,
  filterOf,
  type Left,
  leftIn,
  type Needles,
  needlesOf,
  placeFor,
  WITH_CORES,
} from './left-behind.ts'

const CURRENT = 'ABC123'
const PIN = 'CANARY77X'
/** Of the surroundings, as a password of a database would be. */
const VARIABLE = 'canary-of-the-surroundings'
/** The card's holder, as the simulated card has them: name and 個人番号. */
const CANARIES = { PIN, name: '番号 花子', number: '990000000000001', VARIABLE }
const NEEDLES: Needles = needlesOf(CANARIES)

/** Node writes a report for each of these, and asks for nothing. */
const REPORTING = ['--report-on-fatalerror', '--report-uncaught-exception', '--report-on-signal']

/** Serves a person until their new PIN waits for its second entry. */
async function holdsPin(host: ChildHost, folder: string): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  host.postMessage({ kind: 'begin', settings: {}, folder })
  host.postMessage({ kind: 'channel', path: '/host' }, [new FakePort(port2)])
  const client = connect(portWire(port1 as never))
  const answer = (prompt: number, given: object, pin?: string) =>
    client.call('answer', { prompt, answer: given }, pin === undefined ? undefined : Uint8Array.from(Buffer.from(pin)))
  for await (const value of client.listen('screen', {}, new AbortController().signal)) {
    const { view, prompt }: Screen = screenSchema.parse(value)
    if (view.kind === 'idle') await client.call('start', { procedure: 'pinChange' })
    if (view.kind === 'choosePin') await answer(prompt, { pin: 'sign' })
    if (view.kind === 'failed') assert.fail(view.failure)
    if (view.kind !== 'enterPin') continue
    if (view.purpose === 'again') return
    await answer(prompt, { entered: true }, view.purpose === 'current' ? CURRENT : PIN)
  }
}

interface Fallen extends Left {
  /** The signal that ended it, or its exit code. */
  readonly status: string
  readonly printed: string
}

async function falls(how: Fall | 'SIGSEGV', guise: Guise): Promise<Fallen> {
  using place = placeFor(`${guise}-${how}`)
  const env = { ...place.env, VARIABLE }
  const command = [...WITH_CORES, process.execPath, ...REPORTING, '--max-old-space-size=160', HOST, guise]
  const host = new ChildHost(env, { command, cwd: place.work, output: 'pipe' })
  let printed = ''
  for (const stream of [host.child.stdout, host.child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
  const ended = new Promise<string>((resolve) =>
    host.child.once('close', (code, signal) => resolve(String(signal ?? code))),
  )
  try {
    await Promise.race([holdsPin(host, place.data), ended.then((status) => assert.fail(`${status}: ${printed}`))])
    if (guise === 'alone') assert.equal(filterOf(host.child.pid), 0, 'what the kernel would write of its memory')
    if (how === 'SIGSEGV') host.child.kill(how)
    else host.child.send({ fall: how })
    const status = await ended
    return { status, printed, ...(await leftIn(place.folder, printed, NEEDLES)) }
  } finally {
    host.die()
  }
}

const WAYS = { abort: 'SIGABRT', SIGSEGV: 'SIGSEGV', throw: '1', memory: 'SIGABRT' } as const

test('whichever way it falls, a canary is in no core dump, no report, no other file and nothing that was printed', async () => {
  const ways = Object.entries(WAYS) as [keyof typeof WAYS, string][]
  await Promise.all(
    ways.map(async ([how, wanted]) => {
      const { status, printed, cores, others, found } = await falls(how, 'alone')
      assert.equal(status, wanted, `${how}: ${printed}`)
      assert.deepEqual(found, [], how)
      assert.deepEqual(others, [], how)
      // The dump itself is there: it has registers and the names of libraries, and no memory.
      if (CORES_LIE_HERE && how !== 'throw')
        assert.ok(cores.length === 1 && (cores[0] ?? 0) < 1 << 20, `${how}: ${cores}`)
    }),
  )
})

test('and the search would find it: unguarded, the same falls leave the canaries in a core dump and in a report', async (t) => {
  const [dumped, reported] = await Promise.all([falls('SIGSEGV', 'unguarded'), falls('throw', 'unguarded')])
  assert.deepEqual(reported.found, ['report: VARIABLE'])
  if (CORES_LIE_HERE)
    assert.deepEqual(
      dumped.found,
      Object.keys(CANARIES).map((canary) => `core: ${canary}`),
    )
  else t.diagnostic('this machine collects its core dumps elsewhere: of them the filter was looked at')
})

test('what the shipped program starts is guarded before anything else', async () => {
  const { report } = process
  report.reportOnFatalError = report.reportOnUncaughtException = report.reportOnSignal = true
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'electron'
        ? next('./electron-module.ts', { ...context, parentURL: import.meta.url })
        : next(specifier, context),
  })
  after(() => fake.electron.app.emit('will-quit'))
  await import('../../apps/terminal/electron/main.ts')
  assert.equal(filterOf(), 0)
  const { reportOnFatalError, reportOnUncaughtException, reportOnSignal, excludeEnv } = report
  assert.deepEqual(
    [reportOnFatalError, reportOnUncaughtException, reportOnSignal, excludeEnv],
    [false, false, false, true],
  )

  using place = placeFor('shipped')
  const host = new ChildHost({ ...place.env }, { cwd: place.work })
  try {
    const answered = new Promise((resolve) => host.once('message', resolve))
    host.postMessage({ kind: 'ping', id: 1 })
    await answered
    assert.equal(filterOf(host.child.pid), 0)
  } finally {
    host.die()
  }
})

test('a process that was told to write its heap down does not start', () => {
  /** Its exit code, and what it says of it. */
  const startedWith = (option: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [option, ...args], { cwd: root, encoding: 'utf8' })
    return [status, /a process that can hold a PIN is not started with (--.*)/.exec(stdout + stderr)?.[1]]
  }
  const guarded = [
    '--input-type=module',
    '-e',
    'import("./apps/terminal/electron/no-dumps.ts").then((it) => it.withoutDumps())',
  ]
  const near = '--heapsnapshot-near-heap-limit'
  assert.deepEqual(startedWith(`${near}=2`, ...guarded), [1, near])
  assert.deepEqual(startedWith('--heapsnapshot_signal=SIGUSR2', ...guarded), [1, '--heapsnapshot-signal'])
  assert.deepEqual(startedWith('--heap-prof', '--heap-prof-dir=/dev/null', ...guarded), [1, '--heap-prof'])
  assert.deepEqual(startedWith('--report-on-signal', ...guarded), [0, undefined])
  assert.deepEqual(startedWith(`${near}=1`, 'apps/terminal/electron/host-process.ts'), [1, near])
  assert.deepEqual(startedWith(`${near}=1`, 'apps/start/start.ts', '--help'), [1, near])
})

test('nothing in the house starts a crash reporter, or writes a report or its heap', () => {
  const WRITERS = /crashReporter|writeReport|writeHeapSnapshot|getHeapSnapshot|setHeapSnapshotNearHeapLimit/
  assert.deepEqual(
    sourceFiles().filter((file) => WRITERS.test(read(file))),
    [],
  )
})
