/** Where keys come from: a file or the environment, never the command line (docs/decisions/0054). */
import { readFile, stat } from 'node:fs/promises'
import type { CardGreeting } from '../../../src/applications/globalplatform/initialize-update.ts'
import { diversify, type KeySet, keySet } from '../../../src/applications/globalplatform/key-set.ts'
import { fromHex } from '../../../src/base/hex.ts'
import { UsageError } from '../command.ts'

/** A set of one card, or a master key from which each card's set is derived (docs/decisions/0050). */
export type KeySource =
  | { readonly kind: 'set'; readonly keys: KeySet }
  | { readonly kind: 'master'; readonly version: number; readonly derive: (card: CardGreeting) => KeySet }

export const KEYS_VARIABLE = 'MADOGUCHI_GP_KEYS'

export const NOT_ON_THE_COMMAND_LINE =
  'keys do not belong on the command line, where every program of this machine can read them; ' +
  `put them into a file and give --keys FILE, or into the variable ${KEYS_VARIABLE}`

/** The publicly known test keys every development card is delivered with. */
export const TEST_KEYS: KeySource = {
  kind: 'set',
  keys: keySet(
    0x00,
    Uint8Array.from({ length: 16 }, (_, i) => 0x40 + i),
  ),
}

/** Keys of `--keys FILE`, else of the environment, else undefined. Throws UsageError; its sentence holds no key. */
export async function readKeys(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<KeySource | undefined> {
  const text = env[KEYS_VARIABLE]
  if (file !== undefined) return readKeyFile(file)
  return text === undefined ? undefined : parseKeys(text, KEYS_VARIABLE)
}

export async function readKeyFile(file: string): Promise<KeySource> {
  if (looksLikeKeys(file)) throw new UsageError(NOT_ON_THE_COMMAND_LINE)
  const info = await stat(file).catch(() => undefined)
  if (!info?.isFile()) throw new UsageError(`the key file ${JSON.stringify(file)} is not there`)
  if (process.platform !== 'win32' && (info.mode & 0o077) !== 0)
    throw new UsageError(`the key file ${JSON.stringify(file)} can be read by others; run chmod 600 on it`)
  return parseKeys(await readFile(file, 'utf8'), `the key file ${JSON.stringify(file)}`)
}

/** 16 bytes or more in hexadecimal, or the beginning of a JSON object: someone means the keys themselves. */
export const looksLikeKeys = (text: string): boolean => /^(?:[0-9a-fA-F:\s]{32,}|\s*\{.*)$/s.test(text)

const FORM =
  'it holds {"version": "30", "enc": "…", "mac": "…", "dek": "…"} or {"version": "30", "master": "…"}, each value in hexadecimal'

/** `where` names the source in the sentence of a UsageError. */
export function parseKeys(text: string, where: string): KeySource {
  const fields = parseObject(text, where)
  const bytes = (name: string): Uint8Array => {
    try {
      return fromHex(fields[name] ?? '')
    } catch {
      throw new UsageError(`${where}: "${name}" is not hexadecimal; ${FORM}`)
    }
  }
  const version = bytes('version')
  if (version.length !== 1) throw new UsageError(`${where}: "version" is one byte; ${FORM}`)
  const kvn = version[0] as number
  try {
    if (fields['master'] === undefined)
      return { kind: 'set', keys: keySet(kvn, bytes('enc'), bytes('mac'), bytes('dek')) }
    const master = bytes('master')
    keySet(kvn, master)
    return { kind: 'master', version: kvn, derive: (card) => diversify(master, kvn, card.identification) }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${where}: keys have 16, 24 or 32 bytes, all of a set the same; ${FORM}`)
  }
}

function parseObject(text: string, where: string): Readonly<Record<string, string | undefined>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message would quote the keys.
    throw new UsageError(`${where} is not JSON; ${FORM}`)
  }
  if (typeof value !== 'object' || value === null || Object.values(value).some((field) => typeof field !== 'string'))
    throw new UsageError(`${where} has another form; ${FORM}`)
  return value as Record<string, string>
}
