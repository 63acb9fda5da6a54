/** One script of PC/SC calls, run against a real pcscd and against our service: whatever pcscd does, the service does. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { TestService } from '../virtual/with-service.ts'
import { RealPcscd, VPCD_PORT, VPCD_READER } from './real-pcscd.ts'

const file = (name: string) => new URL(name, import.meta.url).pathname

async function observe(env: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
  const options = { env: { ...process.env, ...env }, timeout: 60_000 }
  const { stdout } = await promisify(execFile)('/usr/bin/python3', [file('sharing-semantics.py'), VPCD_READER], options)
  return JSON.parse(stdout)
}

test('sharing, transactions, resets, waits and cancels are those of pcscd', async () => {
  await using ours = await TestService.start({ idlePowerMs: 5000 })
  ours.withCard(VPCD_READER)
  await using pcscd = await RealPcscd.start({ quickAck: true })
  await pcscd.attach([process.execPath, file('attach-fake-chip.ts'), String(VPCD_PORT)])
  const [theirs, own] = await Promise.all([observe(pcscd.env), observe(ours.service.env)])
  // The vpcd driver has no attributes; drivers of real readers have the ATR, and so have ours.
  assert.deepEqual(theirs['atr attribute'], ['0x8010001f', ''])
  assert.deepEqual(own['atr attribute'], ['0x00000000', '3be000ff8131fe4514'])
  delete theirs['atr attribute']
  delete own['atr attribute']
  assert.ok(Object.keys(theirs).length > 40)
  assert.deepEqual(own, theirs)
})
