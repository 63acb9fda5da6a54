/** The Debian packages that real readers, the tests with other people's programs, and the browser tests need. */
import { existsSync } from 'node:fs'
import { outputOf, say, succeeds } from './command.mjs'

/** Package → what does not work without it. */
const NEEDED = {
  'g++': 'real readers (their binding cannot be compiled)',
  make: 'real readers (their binding cannot be compiled)',
  python3: 'real readers (their binding cannot be compiled)',
  'libpcsclite-dev': 'real readers (their binding cannot be compiled)',
  pcscd: 'real readers, and the tests through pcscd',
  'vsmartcard-vpcd': '`madoguchi attach --vpcd` on this machine, and the tests through vpcd',
  iproute2: 'the tests through pcscd',
  opensc: 'signing through OpenSC, and its tests',
  openssl: 'verification by OpenSSL, and its tests',
  'python3-pyscard': 'the tests with pyscard',
  curl: 'the test of the example with a shell script',
  'gnutls-bin': 'the tests with p11tool',
  softhsm2: 'the tests of the backend with a key store',
  postgresql: 'the tests of the backend on PostgreSQL',
  'nginx-light': 'the bench of OCSP over HTTP',
  wrk: 'the bench of OCSP over HTTP',
  chromium: 'the tests of the screens',
  'fonts-noto-cjk': 'Japanese text on the screens under test',
}

function missing() {
  const lines = (outputOf('dpkg', ['--get-selections']) ?? '').split('\n').map((line) => line.split(/\s+/))
  const installed = new Set(lines.filter(([, state]) => state === 'install').map(([name]) => name.split(':')[0]))
  return Object.keys(NEEDED).filter((name) => !installed.has(name))
}

export function installDebianPackages() {
  if (process.platform !== 'linux' || !existsSync('/etc/debian_version')) return
  const wanted = missing()
  if (wanted.length === 0) return
  if (process.getuid() === 0) {
    say(`準備: Debian パッケージを入れます / Installing Debian packages: ${wanted.join(' ')} …`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    succeeds('apt-get', ['update', '-q'], { env })
    if (succeeds('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...wanted], { env })) return
  }
  const left = missing()
  if (left.length === 0) return
  say(
    '入れられなかった Debian パッケージ / Debian packages that could not be installed, and what does not work without them:',
  )
  for (const name of left) say(`  ${name}: ${NEEDED[name]}`)
  say(`  管理者なら / As root: apt-get install --no-install-recommends ${left.join(' ')}`)
}
