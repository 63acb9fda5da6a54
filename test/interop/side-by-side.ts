/** One script of PC/SC calls, run against a real pcscd with vpcd and against our service, each with the fake chip in its reader. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { FakeChip } from '../virtual/fake-chip.ts'
import { TestService } from '../virtual/with-service.ts'
import { RealPcscd, VPCD_PORT, VPCD_READER } from './real-pcscd.ts'

type Observed = Record<string, unknown>
const file = (name: string) => new URL(name, import.meta.url).pathname

/** Lays the card in the reader or takes it out, when the script asks for it. */
type Change = (what: string) => Promise<unknown>

/** The script's last line is what it saw, as JSON; every line before asks for a change and waits for an empty line. */
async function observe(script: string, env: Readonly<Record<string, string>>, change: Change): Promise<Observed> {
  const child = spawn('/usr/bin/python3', [file(script), VPCD_READER], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: 60_000,
  })
  const ended = once(child, 'close')
  let seen: Observed | undefined
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith('{')) seen = JSON.parse(line)
    else {
      await change(line)
      child.stdin.write('\n')
    }
  }
  await ended
  assert.ok(seen !== undefined, `${script} ended early`)
  return seen
}

/** The two at once, because the script mostly waits. `inserted`: the card lies in the reader from the beginning. */
export async function sideBySide(
  script: string,
  inserted: boolean,
): Promise<{ readonly theirs: Observed; readonly own: Observed }> {
  await using ours = await TestService.start({ idlePowerMs: 5000 })
  await using pcscd = await RealPcscd.start({ quickAck: true })
  const reader = ours.bay.plug(VPCD_READER)
  const attach = () => pcscd.attach([process.execPath, file('attach-fake-chip.ts'), String(VPCD_PORT)])
  let attached: Awaited<ReturnType<typeof attach>> | undefined
  const changeTheirs: Change = async (what) => {
    if (what === 'insert') attached = await attach()
    else await attached?.detach()
  }
  const changeOurs: Change = async (what) => {
    if (what === 'insert') reader.insert({ chip: new FakeChip() })
    else reader.remove()
  }
  if (inserted) await Promise.all([changeTheirs('insert'), changeOurs('insert')])
  const [theirs, own] = await Promise.all([
    observe(script, pcscd.env, changeTheirs),
    observe(script, ours.service.env, changeOurs),
  ])
  return { theirs, own }
}
