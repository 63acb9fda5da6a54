/** A SoftHSM2 token in a folder of its own. One for a process: the library reads SOFTHSM2_CONF when it is first loaded. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TokenPlace } from '../../src/backend/keys/pkcs11-token.ts'

const LIBRARIES = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/softhsm/libsofthsm2.so']

export interface SoftHsm {
  readonly place: TokenPlace
  /** The device dies: its token is gone. */
  unplug(): void
  plugIn(): void
  remove(): void
}

export function softHsm(): SoftHsm {
  const library = LIBRARIES.find(existsSync)
  if (library === undefined)
    throw new Error('SoftHSM2 is not installed; the key store is tested on it: apt-get install softhsm2')
  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-hsm-'))
  const tokens = join(folder, 'tokens')
  mkdirSync(tokens)
  const conf = join(folder, 'softhsm2.conf')
  writeFileSync(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`)
  process.env['SOFTHSM2_CONF'] = conf
  const pin = '13572468'
  const args = ['--init-token', '--free', '--label', 'madoguchi-test', '--pin', pin, '--so-pin', '97531864']
  execFileSync('softhsm2-util', args, { stdio: 'ignore' })
  const away = join(folder, 'away')
  return {
    place: { library, token: 'madoguchi-test', pin },
    unplug() {
      renameSync(tokens, away)
      mkdirSync(tokens)
    },
    plugIn() {
      if (readdirSync(tokens).length === 0) rmSync(tokens, { recursive: true })
      renameSync(away, tokens)
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
