/** The terminal's part played by OpenSC, which nobody here wrote: the card signs and shows what the backend issued. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import type { CardImage } from '../../applets-sim/image.ts'
import { virtualReaders } from '../../apps/testkit/testkit.ts'
import { confirm } from '../../src/backend/ca/confirm.ts'
import { hex } from '../../src/base/hex.ts'
import { type Fixture, issueFor, openFixture, orderFor, TERMINAL } from './fixture.ts'

/** Where distributions put the module, the folder of this machine's architecture first. */
const FOLDER = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch as string] ?? '*-linux-gnu'
const [MODULE] = globSync([
  `/usr/lib/${FOLDER}/opensc-pkcs11.so`,
  '/usr/lib64/opensc-pkcs11.so',
  '/usr/lib64/pkcs11/opensc-pkcs11.so',
  '/usr/lib/opensc-pkcs11.so',
  '/usr/lib/pkcs11/opensc-pkcs11.so',
])
const folder = mkdtempSync(join(tmpdir(), 'madoguchi-opensc-'))
let parts: Fixture
before(async () => {
  if (MODULE === undefined)
    throw new Error('OpenSC is not installed; it plays the terminal here: apt-get install opensc opensc-pkcs11')
  parts = await openFixture({ folder: join(folder, 'db') }, { hierarchy: 'both' })
})
after(async () => {
  await parts.store.close()
  rmSync(folder, { recursive: true, force: true })
})

const CARDS = {
  auth: {
    slot: '0',
    id: '01',
    pin: '1234',
    authority: '03',
    cell: '000A',
    authorityCell: '000B',
    login: [] as string[],
  },
  sign: {
    slot: '1',
    id: '02',
    pin: 'ABC123',
    authority: '04',
    cell: '0001',
    authorityCell: '0002',
    login: ['--verify-pin', '--auth-id', '02', '--pin', 'ABC123'],
  },
} as const

describe('keys on a simulated card get certificates that OpenSC uses', () => {
  for (const kind of ['auth', 'sign'] as const)
    test(`the ${kind} key: ordered, written, read back and proven through OpenSC, verified by OpenSSL`, async () => {
      const { slot, id, pin, authority, cell, authorityCell, login } = CARDS[kind]
      const blank: CardImage = await makeCardImage('resident')
      await using readers = await virtualReaders({ Counter: blank })
      const run = (program: string, ...args: readonly string[]): Promise<string> =>
        new Promise((resolve, reject) =>
          execFile(
            program,
            args,
            { cwd: folder, env: { ...process.env, ...readers.env, HOME: folder }, timeout: 60_000 },
            (error, out, err) => (error === null ? resolve(out) : reject(new Error(`${program}: ${out}${err}`))),
          ),
        )
      const readCertificate = async (which: string, ...more: readonly string[]) =>
        new X509Certificate(await run('pkcs15-tool', '--read-certificate', which, ...more))

      const before = await readCertificate(id, ...login)
      const publicKey = Uint8Array.from(before.publicKey.export({ format: 'der', type: 'spki' }))
      const issued = await issueFor(parts, orderFor(kind, { publicKey, sign: () => publicKey }))

      // The writing itself is a card script's; here the card's files are changed as it would change them.
      const jpki = { ...blank.cells['jpki'], [cell]: hex(issued.certificate), [authorityCell]: hex(issued.authority) }
      readers.remove('Counter')
      await readers.insert('Counter', { ...blank, cells: { ...blank.cells, jpki } })

      const shown = await readCertificate(id, ...login)
      writeFileSync(join(folder, 'challenge'), issued.challenge)
      const sign = ['--sign', '--id', id, '-m', 'SHA256-RSA-PKCS', '-i', 'challenge', '-o', 'signature']
      await run('pkcs11-tool', '--module', MODULE as string, '--slot-index', slot, '--login', '--pin', pin, ...sign)
      const confirmed = await confirm(parts, {
        ...{ issuer: issued.issuer, serial: issued.serial, by: TERMINAL, key: `confirm ${kind}`, body: kind },
        signature: Uint8Array.from(readFileSync(join(folder, 'signature'))),
        readBack: Uint8Array.from(shown.raw),
      })
      assert.equal(confirmed.state, 'active')

      writeFileSync(join(folder, 'leaf.pem'), shown.toString())
      writeFileSync(join(folder, 'root.pem'), (await readCertificate(authority)).toString())
      const time = ['-attime', String(Math.floor(parts.clock.now() / 1000) + 60)]
      assert.match(await run('openssl', 'verify', ...time, '-CAfile', 'root.pem', 'leaf.pem'), /leaf.pem: OK/)
    })
})
