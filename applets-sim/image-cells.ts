/**
 * Which cells an image may have (image.ts, globalplatform/cells.ts), and what each must keep to. The names come from the
 * layouts of the applications, so a slip in one is told and not passed over.
 */
import { fromHex } from '../src/base/hex.ts'
import { cardManager, STANDARD_APPLICATIONS } from './applications/standard-applications.ts'
import { decodeEntries } from './globalplatform/entry.ts'
import { decodeKeySet } from './globalplatform/key-set.ts'
import type { CardObject, CompiledLayout } from './os/layout.ts'
import { rsaPrivateKey } from './os/private-key.ts'

type Group = Readonly<Record<string, string>>

const LAYOUTS = new Map(
  [cardManager, ...STANDARD_APPLICATIONS].map(({ compiled }) => [compiled.layout.name, compiled] as const),
)

/** Groups of cells an image may have. */
export const CELL_GROUPS: readonly string[] = [...LAYOUTS.keys(), 'gp']

const NO_CELL = 'this application has no such cell'

/** What is wrong with this cell, as a sentence without its content; undefined for nothing. Contents are hexadecimal. */
export function cellFault(application: string, name: string, group: Group): string | undefined {
  const content = group[name] ?? ''
  if (application === 'gp') return globalPlatformFault(name, content)
  const layout = LAYOUTS.get(application)
  if (layout === undefined) return NO_CELL
  if (name === '.life') return bytes(content) === 1 ? undefined : 'must be one byte'
  // A security domain takes any data object.
  if (layout === cardManager.compiled) return /^([0-9A-F]{2}){1,3}$/.test(name) ? undefined : NO_CELL
  return fileFault(layout, name, group)
}

function fileFault({ objects }: CompiledLayout, name: string, group: Group): string | undefined {
  const [, fid = '', part = ''] = /^([0-9A-F]{4})(.*)$/.exec(name) ?? []
  const object = objects[Number.parseInt(fid, 16)]
  const content = group[name] ?? ''
  if (object === undefined || !hasPart(object, part)) return NO_CELL
  switch (part) {
    case '.pin':
      return bytes(content) >= 1 && bytes(content) <= 16 ? undefined : 'a PIN has 1 to 16 bytes'
    case '.limit':
      if (bytes(content) !== 1) return 'must be one byte'
      return number(content) <= 0x0f ? undefined : 'a try limit is at most 0F, because 63Cx has one digit'
    case '.tries':
      return triesFault(content, number(group[`${fid}.limit`] ?? '') || object.layout.tryLimit, group[`${fid}.limit`])
    case '.key':
      if (object.kind === 'certifier') return undefined
      return rsaPrivateKey(fromHex(content)) === undefined ? 'must be an RSA private key, PKCS #8' : undefined
    default:
      return undefined
  }
}

/** A limit of 00 is none: the counter then means nothing. */
function triesFault(content: string, limit: number | undefined, given: string | undefined): string | undefined {
  if (bytes(content) !== 1) return 'must be one byte'
  if (limit === undefined || given === '00' || number(content) <= limit) return undefined
  return `more tries left than the limit ${given ?? limit}`
}

function hasPart({ kind, layout }: CardObject, part: string): boolean {
  if (part === '.key') return layout.access.putKey !== undefined
  if (kind === 'file') return part === ''
  if (kind === 'records') return /^\/(?!00|FF)[0-9A-F]{2}$/.test(part)
  return kind === 'pin' && /^\.(pin|tries|limit)$/.test(part)
}

const OF_THE_CARD: Readonly<Record<string, (content: string) => string | undefined>> = {
  registry: (content) => readable(() => decodeEntries(fromHex(content))),
  isd: (content) => (bytes(content) >= 5 && bytes(content) <= 16 ? undefined : 'an AID has 5 to 16 bytes'),
  card: (content) => (bytes(content) === 1 ? undefined : 'must be one byte'),
  scp: (content) => (bytes(content) === 1 ? undefined : 'must be one byte'),
  memory: (content) => (bytes(content) === 8 ? undefined : 'must be eight bytes'),
  confirmations: (content) => (bytes(content) === 2 ? undefined : 'must be two bytes'),
}

const OF_AN_AID =
  /^(?:[0-9A-F]{2}){5,16}\.(?:(keys)\.[0-9A-F]{2}|counter\.[0-9A-F]{2}|velocity|data\.(?:[0-9A-F]{2}){1,3}|code|object\..+)$/

function globalPlatformFault(name: string, content: string): string | undefined {
  if (Object.hasOwn(OF_THE_CARD, name)) return OF_THE_CARD[name]?.(content)
  const found = OF_AN_AID.exec(name)
  if (found === null) return NO_CELL
  return found[1] === undefined ? undefined : readable(() => decodeKeySet(fromHex(content)))
}

function readable(decode: () => unknown): string | undefined {
  try {
    decode()
    return undefined
  } catch {
    return 'cannot be read as what it should hold'
  }
}

const bytes = (content: string): number => content.length / 2
const number = (byte: string): number => Number.parseInt(byte, 16)
