/** CAP files (Java Card 3 VM specification, chapter 6): the zip a converter makes, and what of it goes to the card. */
import { unzipSync } from 'fflate'
import { concat, EMPTY } from '../../base/bytes.ts'
import { ByteReader } from './byte-reader.ts'
import {
  type AppletRef,
  COMPONENT_TAG,
  type ComponentName,
  LOAD_ORDER,
  PACKAGE_FLAG,
  type PackageRef,
} from './cap-component.ts'

export interface CapFile {
  /** Format version of the file, `2.1`. */
  readonly format: readonly [major: number, minor: number]
  readonly flags: number
  readonly package: PackageRef
  /** `com/example/library`, when the file says so. */
  readonly packageName?: string
  readonly imports: readonly PackageRef[]
  readonly applets: readonly AppletRef[]
  /** Every component that goes to the card, tag and size included. */
  readonly components: ReadonlyMap<ComponentName, Uint8Array>
}

/** Why a file is no CAP file: one sentence. */
export class CapFileError extends Error {
  override readonly name = 'CapFileError'
}

const MAGIC = [0xde, 0xca, 0xff, 0xed]
/** A component has at most 65535 bytes; a zip that promises much more is hostile. */
const MAX_COMPONENT = 0x10003
/** Package flags in Header.cap: after tag, size, magic and format version. */
const FLAGS_AT = 9

/** Reads a `.cap`. Throws `CapFileError`. */
export function parseCapFile(zip: Uint8Array): CapFile {
  return readComponents(unzip(zip))
}

/** What LOAD sends: the components in the order of the specification. */
export const loadFileDataBlock = (cap: CapFile): Uint8Array =>
  concat(...LOAD_ORDER.map((name) => cap.components.get(name) ?? EMPTY))

/** The components back from a load file data block, in whatever order. Throws `CapFileError`. */
export function parseLoadFileDataBlock(block: Uint8Array): CapFile {
  const components = new Map<ComponentName, Uint8Array>()
  for (let at = 0; at < block.length; ) {
    const tag = block[at]
    const name = LOAD_ORDER.find((each) => COMPONENT_TAG[each] === tag)
    const end = at + 3 + (block[at + 1] ?? 0) * 256 + (block[at + 2] ?? 0)
    if (name === undefined || end > block.length || components.has(name))
      throw new CapFileError(`byte ${at} of the load file does not begin a component`)
    components.set(name, block.subarray(at, end))
    at = end
  }
  return readComponents(components)
}

function unzip(zip: Uint8Array): Map<ComponentName, Uint8Array> {
  const components = new Map<ComponentName, Uint8Array>()
  let files: Readonly<Record<string, Uint8Array>>
  try {
    const wanted = (path: string) => path.endsWith('.cap') && path.includes('javacard/')
    files = unzipSync(zip, { filter: ({ name, originalSize }) => wanted(name) && originalSize <= MAX_COMPONENT })
  } catch {
    throw new CapFileError('the file is not a zip archive')
  }
  // The header first: it says what form the others have.
  const isHeader = (path: string) => (path.endsWith('/Header.cap') ? 0 : 1)
  for (const [path, bytes] of Object.entries(files).sort(([a], [b]) => isHeader(a) - isHeader(b))) {
    const name = path.slice(path.lastIndexOf('/') + 1, -'.cap'.length)
    const component = LOAD_ORDER.find((each) => each === name)
    if (component === undefined) continue
    // Java Card 3.1, format 2.3: several packages, sizes of four bytes.
    if (component === 'Header' && (bytes[FLAGS_AT] ?? 0) & PACKAGE_FLAG.EXTENDED)
      throw new CapFileError('the file is an extended CAP file; only the compact format is known here')
    if (components.has(component))
      throw new CapFileError(`the file holds two packages: ${component}.cap is there twice`)
    if (bytes[0] !== COMPONENT_TAG[component] || bytes.length !== 3 + (bytes[1] ?? 0) * 256 + (bytes[2] ?? 0))
      throw new CapFileError(`${component}.cap has the wrong tag or size`)
    components.set(component, bytes)
  }
  return components
}

function readComponents(components: ReadonlyMap<ComponentName, Uint8Array>): CapFile {
  const body = (name: ComponentName) => components.get(name)?.subarray(3)
  const header = parseHeader(body('Header') ?? missing('Header')) ?? malformed('Header')
  if (!components.has('Directory')) missing('Directory')
  const imports = parseImports(body('Import') ?? missing('Import')) ?? malformed('Import')
  const applet = body('Applet')
  const applets = applet === undefined ? [] : (parseApplets(applet) ?? malformed('Applet'))
  return { ...header, imports, applets, components }
}

const missing = (name: ComponentName): never => {
  throw new CapFileError(`the file has no ${name} component`)
}
const malformed = (name: ComponentName): never => {
  throw new CapFileError(`the ${name} component is malformed`)
}

function parseHeader(info: Uint8Array) {
  const reader = new ByteReader(info)
  const magic = reader.take(4)
  const [minor, major, flags] = [reader.u1(), reader.u1(), reader.u1()]
  const own = packageRef(reader)
  if (!magic?.every((byte, i) => byte === MAGIC[i]) || minor === undefined || major === undefined) return undefined
  if (flags === undefined || own === undefined) return undefined
  // Format 2.1 ends here; 2.2 adds the package's name.
  const name = reader.atEnd ? undefined : reader.take(reader.u1())
  if (!reader.atEnd) return undefined
  const packageName = name && name.length > 0 ? String.fromCharCode(...name) : undefined
  return { format: [major, minor] as const, flags, package: own, ...(packageName !== undefined && { packageName }) }
}

function packageRef(reader: ByteReader): PackageRef | undefined {
  const [minor, major] = [reader.u1(), reader.u1()]
  const aid = reader.take(reader.u1())
  return minor === undefined || major === undefined || !isAid(aid) ? undefined : { aid, major, minor }
}

const isAid = (aid: Uint8Array | undefined): aid is Uint8Array =>
  aid !== undefined && aid.length >= 5 && aid.length <= 16

function parseImports(info: Uint8Array): readonly PackageRef[] | undefined {
  const reader = new ByteReader(info)
  const imports = reader.list(reader.u1(), () => packageRef(reader))
  return reader.atEnd ? imports : undefined
}

function parseApplets(info: Uint8Array): readonly AppletRef[] | undefined {
  const reader = new ByteReader(info)
  const applets = reader.list(reader.u1(), () => {
    const aid = reader.take(reader.u1())
    const installMethodOffset = reader.u2()
    return !isAid(aid) || installMethodOffset === undefined ? undefined : { aid, installMethodOffset }
  })
  return reader.atEnd ? applets : undefined
}
