/**
 * What runs with the terminal, as CycloneDX (checklist row 23), made from the lockfile: the same on every machine, for every platform,
 * whatever is installed.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './tools.ts'

interface Locked {
  readonly version: string
  readonly license?: string
  readonly integrity?: string
  readonly dev?: boolean
}

const purl = (name: string, version: string) => `pkg:npm/${name.replace('@', '%40')}@${version}`

/** npm's `sha512-BASE64` as hexadecimal digits. */
const sha512 = (integrity: string) => Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex')

/** Electron is a tool to npm and the ground of the program: it belongs in the list. */
export function billOfMaterials(): string {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))
  const locked = Object.entries<Locked>(lock.packages).filter(([path]) => path !== '')
  const shipped = locked.filter(([path, { dev }]) => dev !== true || path === 'node_modules/electron')
  const components = shipped.map(([path, { version, license, integrity }]) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    return {
      type: 'library',
      name,
      version,
      purl: purl(name, version),
      'bom-ref': purl(name, version),
      ...(license === undefined ? {} : { licenses: [{ expression: license }] }),
      ...(integrity === undefined ? {} : { hashes: [{ alg: 'SHA-512', content: sha512(integrity) }] }),
    }
  })
  const { name, version } = lock
  const component = { type: 'application', name, version, purl: purl(name, version) }
  return `${JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, metadata: { component }, components }, null, 2)}\n`
}
