/** Programs of others that Madoguchi works with, where they are. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Finding, note, ok } from './finding.ts'

const PROGRAMS: readonly (readonly [program: string, debian: string, use: string])[] = [
  ['pcscd', 'pcscd', 'real readers on Linux'],
  ['pkcs11-tool', 'opensc', 'signing through OpenSC'],
  ['openssl', 'openssl', 'verifying signatures beside us'],
]

/** `path` as in the environment variable PATH. Daemons are also looked for where Debian keeps them. */
export function programsOn(path: string): Finding[] {
  const folders = [...path.split(delimiter), '/usr/sbin'].filter((folder) => folder !== '')
  return PROGRAMS.filter(([program]) => program !== 'pcscd' || process.platform === 'linux').map(
    ([program, debian, use]) => {
      const found = folders.map((folder) => join(folder, program)).find(isExecutable)
      if (found !== undefined) return ok(program, found)
      return note(program, `not found: ${use} will not work`, `Install it (Debian: apt-get install ${debian}).`)
    },
  )
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
