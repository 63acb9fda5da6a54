/**
 * A load file data block: the components of a Java Card CAP file one after another (Java Card VM specification 3.0.5, chapter 6).
 * Checked as a card without a bytecode verifier does: structure, sizes, counts and references, not the code.
 */
import { equal, toUint } from '../../src/base/bytes.ts'
import { SW } from '../../src/card/status-word.ts'
import { Fields } from './fields.ts'
import { demand, require } from './refusal.ts'

export interface PackageReference {
  readonly aid: Uint8Array
  readonly major: number
  readonly minor: number
}

export interface LoadFile {
  readonly package: PackageReference
  readonly applets: readonly Uint8Array[]
  readonly imports: readonly PackageReference[]
}

/** Component tags (6.1). */
const COMPONENT = {
  HEADER: 1,
  DIRECTORY: 2,
  APPLET: 3,
  IMPORT: 4,
  CONSTANT_POOL: 5,
  CLASS: 6,
  METHOD: 7,
  STATIC_FIELD: 8,
  REFERENCE_LOCATION: 9,
  EXPORT: 10,
  DESCRIPTOR: 11,
  DEBUG: 12,
} as const

/** Off-card information: listed in the directory, not necessarily loaded. */
const OFF_CARD: readonly number[] = [COMPONENT.DESCRIPTOR, COMPONENT.DEBUG]
const MANDATORY: readonly number[] = [
  COMPONENT.HEADER,
  COMPONENT.DIRECTORY,
  COMPONENT.IMPORT,
  COMPONENT.CONSTANT_POOL,
  COMPONENT.CLASS,
  COMPONENT.METHOD,
  COMPONENT.STATIC_FIELD,
  COMPONENT.REFERENCE_LOCATION,
]
const FIRST_CUSTOM = 128
/** Header flags: 01 is ACC_INT. */
const FLAG = { EXPORT: 0x02, APPLET: 0x04 } as const
const MAGIC = Uint8Array.of(0xde, 0xca, 0xff, 0xed)

/** How many sizes the directory lists, by minor version of the CAP format 2.x. */
const LISTED: readonly (number | undefined)[] = [undefined, 11, 12]

/** Throws Refusal 6A80 on anything that is no such file. */
export function parseLoadFile(block: Uint8Array): LoadFile {
  const components = splitComponents(block)
  const component = (tag: number) => demand(components.get(tag), SW.WRONG_DATA)
  require([...components.keys()].slice(0, 2).join() === '1,2', SW.WRONG_DATA)
  const header = parseHeader(component(COMPONENT.HEADER))
  const listed = LISTED[header.format]
  require(listed !== undefined, SW.WRONG_DATA)
  const directory = parseDirectory(component(COMPONENT.DIRECTORY), listed)

  for (const [i, size] of directory.sizes.entries()) {
    const present = components.get(i + 1)
    if (present === undefined) require(size === 0 || OFF_CARD.includes(i + 1), SW.WRONG_DATA)
    else require(present.length === size, SW.WRONG_DATA)
  }
  for (const tag of MANDATORY) component(tag)
  const applet = components.get(COMPONENT.APPLET)
  require((applet !== undefined) === ((header.flags & FLAG.APPLET) !== 0), SW.WRONG_DATA)
  require(components.has(COMPONENT.EXPORT) === ((header.flags & FLAG.EXPORT) !== 0), SW.WRONG_DATA)

  const applets = applet === undefined ? [] : parseApplets(applet, component(COMPONENT.METHOD).length)
  const imports = parseImports(component(COMPONENT.IMPORT))
  require(directory.applets === applets.length && directory.imports === imports.length, SW.WRONG_DATA)
  const pool = component(COMPONENT.CONSTANT_POOL)
  require(pool.length >= 2 && pool.length === 2 + 4 * toUint(pool.subarray(0, 2)), SW.WRONG_DATA)
  checkReferenceLocation(component(COMPONENT.REFERENCE_LOCATION))
  return { package: header.package, applets, imports }
}

/** Tag, two bytes of length, content; each tag once. In the order of the file. */
function splitComponents(block: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const components = new Map<number, Uint8Array>()
  for (let at = 0; at < block.length; ) {
    const fields = new Fields(block.subarray(at))
    const tag = fields.byte()
    const content = fields.take(fields.byte() * 0x100 + fields.byte())
    require((tag >= COMPONENT.HEADER && tag <= COMPONENT.DEBUG) || tag >= FIRST_CUSTOM, SW.WRONG_DATA)
    require(!components.has(tag), SW.WRONG_DATA)
    components.set(tag, content)
    at += fields.at
  }
  return components
}

function packageInfo(fields: Fields): PackageReference {
  const minor = fields.byte()
  const major = fields.byte()
  return { minor, major, aid: aidOf(fields) }
}

function aidOf(fields: Fields): Uint8Array {
  const aid = fields.take(fields.byte())
  require(aid.length >= 5 && aid.length <= 16, SW.WRONG_DATA)
  return aid
}

/** 6.3 */
function parseHeader(bytes: Uint8Array): { package: PackageReference; flags: number; format: number } {
  const fields = new Fields(bytes)
  require(equal(fields.take(4), MAGIC), SW.WRONG_DATA)
  const format = fields.byte()
  require(fields.byte() === 2, SW.WRONG_DATA)
  const flags = fields.byte()
  const own = packageInfo(fields)
  // From format 2.2 on the package's name may follow.
  if (fields.at < bytes.length) fields.take(fields.byte())
  fields.end()
  return { package: own, flags, format }
}

/** 6.4 */
function parseDirectory(bytes: Uint8Array, listed: number) {
  const fields = new Fields(bytes)
  const sizes = Array.from({ length: listed }, () => toUint(fields.take(2)))
  fields.take(6)
  const [imports, applets, custom] = [fields.byte(), fields.byte(), fields.byte()]
  for (let i = 0; i < custom; i++) {
    fields.take(3)
    fields.take(fields.byte())
  }
  fields.end()
  return { sizes, imports, applets }
}

/** 6.6: AIDs, and where in the Method component each install method begins. */
function parseApplets(bytes: Uint8Array, methodSize: number): readonly Uint8Array[] {
  const fields = new Fields(bytes)
  const applets = Array.from({ length: fields.byte() }, () => {
    const aid = aidOf(fields)
    const install = toUint(fields.take(2))
    require(install > 0 && install < methodSize, SW.WRONG_DATA)
    return aid
  })
  fields.end()
  require(applets.length > 0, SW.WRONG_DATA)
  require(!applets.some((aid, i) => applets.slice(0, i).some((other) => equal(aid, other))), SW.WRONG_DATA)
  return applets
}

/** 6.5 */
function parseImports(bytes: Uint8Array): readonly PackageReference[] {
  const fields = new Fields(bytes)
  const imports = Array.from({ length: fields.byte() }, () => packageInfo(fields))
  fields.end()
  return imports
}

/** 6.11: two lists with their lengths. */
function checkReferenceLocation(bytes: Uint8Array): void {
  const fields = new Fields(bytes)
  for (let list = 0; list < 2; list++) fields.take(toUint(fields.take(2)))
  fields.end()
}
