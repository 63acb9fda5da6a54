/**
 * The terminal's own flows on readers nobody here wrote: Debian's pcscd with vpcd, through the `smartcard` binding, against a backend
 * over HTTP. Afterwards OpenSC, through the same daemon, verifies the new PIN.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { formatCardImage, parseCardImage } from '../../applets-sim/image-file.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { aloneOnReaders } from '../../apps/testkit/host-ports.ts'
import { openPcsc } from '../../drivers/pcsc/pcsc.ts'
import type { ReaderService } from '../../src/card/ports.ts'
import { Hall } from '../../src/host/hall.ts'
import type { HostPorts } from '../../src/host/ports.ts'
import { connect } from '../../src/wire/connect.ts'
import { wirePair } from '../../src/wire/memory-wire.ts'
import { serve } from '../../src/wire/serve.ts'
import { type ProcedureName, screenSchema, type View } from '../../src/wire/view.ts'
import { deliveredCard } from '../host/delivered-card.ts'
import { reserve } from '../host/reservation.ts'
import { takes } from '../procedures/terminal.ts'
import { cardSeen } from './paths.ts'
import { RealPcscd, VPCD_PORT, VPCD_READER } from './real-pcscd.ts'

let pcscd: RealPcscd
let readers: ReaderService
let folder: string
before(async () => {
  pcscd = await RealPcscd.start({ quickAck: true })
  // The client library reads it once in the life of a process.
  process.env['PCSCLITE_CSOCK_NAME'] = pcscd.env.PCSCLITE_CSOCK_NAME
  readers = await openPcsc()
  folder = mkdtempSync(join(tmpdir(), 'madoguchi-flows-'))
})
after(async () => {
  await readers.close()
  await pcscd[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** A card behind vpcd, in a process of its own; lifted, it is what its file says. */
async function lay(card: SimulatedCard): Promise<{ lift(): Promise<SimulatedCard> }> {
  const path = join(folder, 'specimen.card.json')
  writeFileSync(path, formatCardImage(card.toImage()))
  const cli = new URL('../../apps/cli/madoguchi.mjs', import.meta.url).pathname
  const laid = await pcscd.attach([process.execPath, cli, 'attach', '--vpcd', `127.0.0.1:${VPCD_PORT}`, path])
  await cardSeen(pcscd.env.PCSCLITE_CSOCK_NAME, true)
  return {
    async lift() {
      await laid.detach()
      await cardSeen(pcscd.env.PCSCLITE_CSOCK_NAME, false)
      return SimulatedCard.fromImage(parseCardImage(readFileSync(path, 'utf8')))
    },
  }
}

/** Types in order, looks when the card is asked back, lifts it. Returns what was shown. */
async function run(
  procedure: ProcedureName,
  typed: readonly string[],
  ports: Partial<HostPorts>,
  whenDone: () => Promise<void>,
): Promise<readonly View[]> {
  const hall = new Hall({ ...aloneOnReaders(readers, { reader: VPCD_READER }), ...ports })
  const { near, far } = wirePair()
  serve(far, hall.service)
  const client = connect(near)
  const stop = new AbortController()
  const left = [...typed]
  const seen: View[] = []
  let begun = false
  for await (const value of client.listen('screen', {}, stop.signal)) {
    const { prompt, view } = screenSchema.parse(value)
    const answer = (said: object, pin?: string) =>
      client.call('answer', { prompt, answer: said }, pin === undefined ? undefined : Buffer.from(pin))
    if (view.kind !== 'idle') seen.push(view)
    if (view.kind === 'idle' && begun) stop.abort()
    else if (view.kind === 'idle') {
      begun = true
      await client.call('start', { procedure })
    } else if (view.kind === 'choosePin') await answer({ pin: 'auth' })
    else if (view.kind === 'enterPin') await answer({ entered: true }, left.shift() ?? '')
    else if (view.kind === 'done' || view.kind === 'failed') await answer({ seen: true })
    else if (view.kind === 'takeCard' && !view.forgotten) await whenDone()
  }
  await hall.close()
  return seen
}

/** OpenSC asks the card itself; the PIN goes by the environment. */
async function openScVerifies(token: string, pin: string): Promise<boolean> {
  const env = { ...process.env, ...pcscd.env, NEW_PIN: pin }
  const args = ['--token-label', token, '--login', '--pin', 'env:NEW_PIN', '--list-objects', '--type', 'privkey']
  const said = await promisify(execFile)('pkcs11-tool', args, { env }).catch((error: { stdout: string }) => error)
  return /Private Key Object; RSA/.test(said.stdout)
}

test('a PIN change: OpenSC verifies the new PIN', async () => {
  await using world = await deliveredCard()
  const laid = await lay(world.card)
  let verified = false
  let lifted: SimulatedCard | undefined
  const seen = await run('pinChange', ['1234', '8024', '8024'], {}, async () => {
    verified = await openScVerifies('JPKI (User Authentication PIN)', '8024')
    lifted = await laid.lift()
  })
  assert.ok(
    seen.some(({ kind }) => kind === 'done'),
    JSON.stringify(seen.at(-2)),
  )
  assert.ok(verified, 'OpenSC took the new PIN')
  assert.ok(lifted !== undefined && takes(lifted, 'auth', '8024') && !takes(lifted, 'auth', '1234'))
})

test('F21 at a kiosk: the backend’s scripts through pcscd, then OpenSC verifies the new signature PIN', async () => {
  await using world = await deliveredCard()
  const reservation = await reserve(world, 'sign')
  const laid = await lay(world.card)
  let verified = false
  let lifted: SimulatedCard | undefined
  const settings = {
    terminal: 'demo-kiosk',
    role: 'kiosk',
    place: 'test',
    keypad: 'telephone',
    reader: VPCD_READER,
  } as const
  const ports = { backend: [world.port], settings }
  const seen = await run('signPinReset', ['1234', 'NEU456X', 'NEU456X'], ports, async () => {
    verified = await openScVerifies('JPKI (Digital Signature PIN)', 'NEU456X')
    lifted = await laid.lift()
  })
  const done = seen.find((view) => view.kind === 'done')
  assert.equal(done?.reference, reservation, JSON.stringify(seen.at(-2)))
  assert.ok(verified, 'OpenSC took the new PIN')
  assert.ok(lifted !== undefined && takes(lifted, 'sign', 'NEU456X') && !takes(lifted, 'sign', 'ABC123'))
})
