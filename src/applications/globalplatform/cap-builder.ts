/**
 * Small CAP files from a description, for tests: structurally valid (CAP formats 2.1 and 2.2, VM specification chapter 6),
 * with applets whose `install` does nothing. For a card or a simulated one that checks structure, AIDs, sizes and
 * versions; there is nothing in them to run.
 */
import { zipSync } from 'fflate'
import { ascii, concat, EMPTY, uint } from '../../base/bytes.ts'
import { fromHex } from '../../base/hex.ts'
import { lv } from './aid.ts'
import { COMPONENT_TAG, type ComponentName, LOAD_ORDER, PACKAGE_FLAG, type PackageRef } from './cap-component.ts'

export interface CapDescription {
  readonly package: PackageRef
  readonly applets: readonly Uint8Array[]
  /** `javacard.framework` 1.0 when left out. */
  readonly imports?: readonly PackageRef[]
  /** Bytes of bytecode beyond the applets' empty `install` methods, 0–60000. */
  readonly codeSize?: number
  /** Path in the zip, `com/example/test`; in format 2.2 also in the header. */
  readonly packageName?: string
  /** 2.1 when left out. 2.2 names the package and counts the debug component. */
  readonly format?: '2.1' | '2.2'
  /** Says that the code uses 32-bit integers. */
  readonly int?: boolean
  /** With an Export component, as packages have that others link to. */
  readonly exports?: boolean
  /** With a Debug component, which stays off the card. */
  readonly debug?: boolean
}

/** javacard.framework of Java Card 2.1. */
export const FRAMEWORK: PackageRef = { aid: fromHex('A0000000620101'), major: 1, minor: 0 }

/** The `.cap` file; the same description gives the same bytes. Throws RangeError when a component would pass 65535 bytes. */
export function buildCapFile(description: CapDescription): Uint8Array {
  const folder = `${nameOf(description)}/javacard/`
  const components = [...buildComponents(description), ...(description.debug ? [['Debug', DEBUG] as const] : [])]
  const files = Object.fromEntries(components.map(([name, bytes]) => [`${folder}${name}.cap`, bytes]))
  const manifest = ascii('Manifest-Version: 1.0\r\n\r\n')
  // A zip's clock begins in 1980; the date must not make two builds differ.
  return zipSync({ 'META-INF/MANIFEST.MF': manifest, ...files }, { mtime: new Date(1980, 0, 1) })
}

/** The components alone, in load order. */
export function buildComponents(description: CapDescription): ReadonlyMap<ComponentName, Uint8Array> {
  const { applets, imports = [FRAMEWORK], codeSize = 0 } = description
  const method = methodComponent(applets.length, codeSize)
  const bodies: Partial<Record<ComponentName, Uint8Array>> = {
    Header: header(description),
    Import: concat(uint(imports.length, 1), ...imports.map(packageInfo)),
    ...(applets.length > 0 && { Applet: appletComponent(applets) }),
    Class: EMPTY,
    Method: method,
    // No static fields: image size, references, array initialisers, non-default values, and an empty list each.
    StaticField: new Uint8Array(8),
    ...(description.exports && { Export: uint(0, 1) }),
    ConstantPool: uint(0, 2),
    RefLocation: new Uint8Array(4),
    // No classes, and a type table of an empty constant pool.
    Descriptor: concat(uint(0, 1), uint(0, 2)),
  }
  const sizes = Object.fromEntries(Object.entries(bodies).map(([name, body]) => [name, body.length]))
  if (description.debug) sizes['Debug'] = DEBUG.length - 3
  bodies.Directory = directory(description, sizes, applets.length, imports.length)
  const components = new Map<ComponentName, Uint8Array>()
  for (const name of LOAD_ORDER) {
    const body = bodies[name]
    if (body) components.set(name, concat(uint(COMPONENT_TAG[name], 1), uint(body.length, 2), body))
  }
  return components
}

const packageInfo = ({ aid, major, minor }: PackageRef): Uint8Array => concat(uint(minor, 1), uint(major, 1), lv(aid))

const nameOf = ({ packageName = 'test' }: CapDescription): string => packageName
const minorOf = ({ format = '2.1' }: CapDescription): 1 | 2 => (format === '2.2' ? 2 : 1)

/** An empty table of strings, the package's name in it, no classes. */
const DEBUG = fromHex('0C0006 0000 0000 0000')

function header(description: CapDescription): Uint8Array {
  const { package: own, applets, int = false, exports = false } = description
  const minor = minorOf(description)
  const flags =
    (int ? PACKAGE_FLAG.INT : 0) | (exports ? PACKAGE_FLAG.EXPORT : 0) | (applets.length > 0 ? PACKAGE_FLAG.APPLET : 0)
  const name = minor === 2 ? lv(ascii(nameOf(description))) : EMPTY
  return concat(fromHex('DECAFFED'), Uint8Array.of(minor, 2, flags), packageInfo(own), name)
}

/** No handlers; for each applet `install(byte[], short, byte)`: no stack, three parameters, `return`. Then the rest of the code. */
const INSTALL_METHOD = fromHex('00307A')

function methodComponent(applets: number, codeSize: number): Uint8Array {
  const rest = codeSize > 0 ? concat(fromHex('0000'), new Uint8Array(codeSize - 1), fromHex('7A')) : EMPTY
  return concat(uint(0, 1), ...Array.from({ length: applets }, () => INSTALL_METHOD), rest)
}

const appletComponent = (applets: readonly Uint8Array[]): Uint8Array =>
  concat(uint(applets.length, 1), ...applets.map((aid, i) => concat(lv(aid), uint(1 + i * INSTALL_METHOD.length, 2))))

/** Eleven sizes by tag – in format 2.2 twelve –, static field sizes, counts (6.5). */
function directory(
  description: CapDescription,
  sizes: Readonly<Record<string, number>>,
  applets: number,
  imports: number,
): Uint8Array {
  const listed = Object.keys(COMPONENT_TAG).slice(0, minorOf(description) + 10)
  const size = listed.length * 2 + 6 + 3
  return concat(
    ...listed.map((name) => uint(name === 'Directory' ? size : (sizes[name] ?? 0), 2)),
    new Uint8Array(6),
    Uint8Array.of(imports, applets, 0),
  )
}
