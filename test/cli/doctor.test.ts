/** `doctor` tells what is wrong and what to do, whatever it meets. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Finding } from '../../apps/cli/doctor/finding.ts'
import { socket, startService } from '../pcsc/service-under-test.ts'

function doctor(env: Readonly<Record<string, string>>): { status: number | null; findings: Finding[] } {
  const door = join(import.meta.dirname, '../../apps/cli/madoguchi.mjs')
  const { status, stdout, stderr } = spawnSync(process.execPath, [door, 'doctor', '--json'], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  assert.equal(stderr, '')
  const findings = stdout
    .trim()
    .split('\n')
    .map((line): Finding => JSON.parse(line))
  for (const { level, advice } of findings)
    assert.equal(advice !== undefined, level !== 'ok', 'advice with what is not well')
  return { status, findings }
}

test('no service: a problem, with what to do', () => {
  const { status, findings } = doctor({ PCSCLITE_CSOCK_NAME: '/nonexistent/socket' })
  assert.equal(status, 1)
  const service = findings.find(({ about }) => about === 'PC/SC service')
  assert.equal(service?.level, 'problem')
  assert.match(service?.found ?? '', /\/nonexistent\/socket/)
})

test('a service with readers: versions, readers, what is in them – and nothing else from a card', async () => {
  const service = await startService()
  await service.order({ do: 'plug', reader: 'Full Reader' })
  await service.order({ do: 'insert', reader: 'Full Reader' })
  await service.order({ do: 'plug', reader: 'Mute Reader' })
  await service.order({ do: 'insertMute', reader: 'Mute Reader' })
  const { status, findings } = doctor({ PCSCLITE_CSOCK_NAME: socket })
  await service.stop()
  assert.equal(status, 0)
  const about = (name: string) => findings.find((finding) => finding.about === name)
  assert.match(about('PC/SC service')?.found ?? '', / speaks 4\.\d, the client library 4\.\d$/)
  assert.deepEqual(about('Full Reader')?.found, 'a card (ATR 3BE000FF8131FE4514)')
  assert.equal(about('Mute Reader')?.level, 'note')
})

test('programs that are missing are named with what does not work', () => {
  const { findings } = doctor({ PATH: '/nonexistent', PCSCLITE_CSOCK_NAME: '/nonexistent/socket' })
  const openssl = findings.find(({ about }) => about === 'openssl')
  assert.equal(openssl?.level, 'note')
  assert.match(openssl?.advice ?? '', /apt-get install openssl/)
})
