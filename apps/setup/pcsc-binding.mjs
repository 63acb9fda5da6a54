/**
 * The binding to the machine's PC/SC (`smartcard`), the only dependency whose install script may run. It is compiled against
 * the Node headers on the machine; nothing is downloaded. Without it everything but real readers works.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm, outputOf, root, say } from './command.mjs'
import { headersFolder } from './runtime.mjs'

const folder = join(root, 'node_modules', 'smartcard')
const built = join(folder, 'build', 'Release', 'smartcard_napi.node')
/** Marks a build that failed, so that it is tried once and not at every start. Goes when the packages are installed anew. */
const failed = join(folder, 'build', 'madoguchi-could-not-build')

function missing(node) {
  if (!existsSync(folder)) return 'the npm package smartcard is not installed'
  if (process.platform === 'linux' && !existsSync('/usr/include/PCSC/winscard.h'))
    return 'the PC/SC headers are missing (Debian: libpcsclite-dev)'
  if (process.platform === 'linux' && outputOf('c++', ['--version']) === undefined)
    return 'there is no C++ compiler (Debian: g++ make python3)'
  if (headersFolder(node) === undefined) return 'the headers of Node are not on this machine'
  if (existsSync(failed)) return 'its build failed before; remove node_modules to try again'
  return undefined
}

/** Builds what is missing. `node` is the Node whose headers are used. */
export function buildPcscBinding(node) {
  if (existsSync(built)) return
  const reason = missing(node)
  if (reason === undefined) {
    say('準備: 実機リーダー用の部品を作ります / Building the PC/SC binding for real readers …')
    // The environment is how node-gyp learns of headers; with `nodedir` it never asks the network for them.
    const env = { ...process.env, npm_config_nodedir: headersFolder(node) }
    if (npm(['rebuild', 'smartcard', '--loglevel=error'], { env }) && existsSync(built)) return
    mkdirSync(join(folder, 'build'), { recursive: true })
    writeFileSync(failed, '')
  }
  say(
    `実機リーダーは使えません / Real readers will not work: ${reason ?? 'the PC/SC binding could not be built'}. Everything else does.`,
  )
}
