/** `npm start`: a stranger's first minute. */
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { rendererFiles } from '../../apps/terminal/build.ts'

const script = join(import.meta.dirname, '../../apps/start/start.ts')

function start(env: Readonly<Record<string, string>>) {
  return spawnSync(process.execPath, [script, '--once'], { encoding: 'utf8', env: { ...process.env, ...env } })
}

test('OpenSC signs with a simulated card, OpenSSL verifies', () => {
  const { status, stdout, stderr } = start({})
  assert.equal(status, 0, stdout + stderr)
  assert.match(stdout, /OpenSC, a program nobody here wrote, signed it/, 'needs OpenSC: apt-get install opensc')
  assert.match(stdout, /OpenSSL verified the signature .*: it is good\./, 'needs OpenSSL: apt-get install openssl')
  assert.match(stdout, /everything here is simulated/)
  const socket = stdout.match(/^ready PCSCLITE_CSOCK_NAME=(.+)$/m)?.[1]
  assert.ok(socket !== undefined && !existsSync(socket), 'nothing is left behind')
})

test('without any system package it signs and verifies by itself, and says so', () => {
  const { status, stdout, stderr } = start({ PATH: '/nonexistent' })
  assert.equal(status, 0, stdout + stderr)
  assert.match(stdout, /OpenSC is not on this machine/)
  assert.match(stdout, /Node verified the signature .*: it is good\./)
})

test('a signature that does not fit the document is not called good', () => {
  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-start-'))
  // An OpenSSL that accepts nothing.
  symlinkSync('/bin/false', join(folder, 'openssl'))
  const { status, stdout } = start({ PATH: folder })
  assert.equal(status, 1)
  assert.match(stdout, /It did not work: OpenSSL did not accept the signature/)
})

test('readers and screens stay until Ctrl-C, for every program', async () => {
  // Built before, as after the first start: building is no part of what is measured here.
  await rendererFiles()
  const began = performance.now()
  const child = spawn(process.execPath, [script, '--headless'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  const exited = once(child, 'exit')
  while (!/^ready http.*\nready http.*$/m.test(out)) await once(child.stdout, 'data')
  const [kiosk, desk] = [...out.matchAll(/^ready (http\S+)$/gm)].map(([, url]) => url as string)
  for (const url of [kiosk, desk]) {
    const first = await fetch(url as string, { redirect: 'manual' })
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? ''
    const page = await fetch(new URL(first.headers.get('location') ?? '', url), { headers: { cookie } })
    assert.match(await page.text(), /<div id="root">/)
  }
  assert.ok(performance.now() - began < 5000, 'from start to the first screen in five seconds')
  while (!out.includes('Ctrl-C ends it')) {
    await Promise.race([once(child.stdout, 'data'), exited])
    assert.equal(child.exitCode, null, out)
  }
  const socket = out.match(/^ready PCSCLITE_CSOCK_NAME=(.+)$/m)?.[1] as string
  const env = { ...process.env, PCSCLITE_CSOCK_NAME: socket }
  const readers = execFileSync('opensc-tool', ['--list-readers'], { encoding: 'utf8', env })
  assert.match(readers, /窓口 Counter/)
  assert.match(readers, /キオスク Kiosk/)
  child.kill('SIGINT')
  assert.deepEqual(await exited, [0, null])
  assert.ok(!existsSync(socket))
})
