/**
 * The only dependencies whose install script may run, by name: each is compiled against the Node headers on the machine, nothing is
 * downloaded. Without one of them everything works but what it is for.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm, outputOf, root, say } from './command.mjs'
import { headersFolder } from './runtime.mjs'

const NATIVE = [
  {
    name: 'smartcard',
    built: 'smartcard_napi.node',
    without: ['実機リーダー', 'Real readers'],
    /** On Linux; other systems bring PC/SC. */
    header: { path: '/usr/include/PCSC/winscard.h', debian: 'libpcsclite-dev' },
  },
  { name: 'pkcs11js', built: 'pkcs11.node', without: ['HSM の鍵', 'Backend keys in an HSM (PKCS #11)'] },
]

const folderOf = (name) => join(root, 'node_modules', name)
const isBuilt = ({ name, built }) => existsSync(join(folderOf(name), 'build', 'Release', built))
/** Marks a build that failed, so that it is tried once and not at every start. Goes when the packages are installed anew. */
const failureOf = ({ name }) => join(folderOf(name), 'build', 'madoguchi-could-not-build')

/** Why it cannot be built; undefined when it can. `node` is the Node whose headers are used. */
function obstacle(native, node) {
  const { name, header } = native
  if (!existsSync(folderOf(name))) return `the npm package ${name} is not installed`
  if (process.platform === 'linux' && header !== undefined && !existsSync(header.path))
    return `its headers are missing (Debian: ${header.debian})`
  if (process.platform === 'linux' && outputOf('c++', ['--version']) === undefined)
    return 'there is no C++ compiler (Debian: g++ make python3)'
  if (headersFolder(node) === undefined) return 'the headers of Node are not on this machine'
  if (existsSync(failureOf(native))) return 'its build failed before; remove node_modules to try again'
  return undefined
}

export function buildNativePackages(node) {
  for (const native of NATIVE) {
    if (isBuilt(native)) continue
    const [japanese, english] = native.without
    const reason = obstacle(native, node) ?? build(native, node)
    if (reason !== undefined)
      say(`${japanese}は使えません / ${english} will not work: ${reason}. Everything else does.`)
  }
}

/** Returns why it failed. */
function build(native, node) {
  say(`準備: ${native.name} を組み立てます / Building ${native.name} …`)
  // The environment is how node-gyp learns of headers; with `nodedir` it never asks the network for them.
  const env = { ...process.env, npm_config_nodedir: headersFolder(node) }
  if (npm(['rebuild', native.name, '--loglevel=error'], { env }) && isBuilt(native)) return undefined
  mkdirSync(join(folderOf(native.name), 'build'), { recursive: true })
  writeFileSync(failureOf(native), '')
  return 'it could not be built'
}
