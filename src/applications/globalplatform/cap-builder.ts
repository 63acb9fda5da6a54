/**
 * Small CAP files from a description, for tests: structurally valid (Java Card 2.1 format, VM specification chapter 6),
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
  /** Path in the zip, `com/example/test`. */
  readonly packageName?: string
}

/** javacard.framework of Java Card 2.1. */
export const FRAMEWORK: PackageRef = { aid: fromHex('A0000000620101'), major: 1, minor: 0 }

/** The `.cap` file; the same description gives the same bytes. Throws RangeError when a component would pass 65535 bytes. */
export function buildCapFile(description: CapDescription): Uint8Array {
  const folder = `${description.packageName ?? 'test'}/javacard/`
  const files = Object.fromEntries(
    [...buildComponents(description)].map(([name, bytes]) => [`${folder}${name}.cap`, bytes]),
  )
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
    ConstantPool: uint(0, 2),
    RefLocation: new Uint8Array(4),
    // No classes, and a type table of an empty constant pool.
    Descriptor: concat(uint(0, 1), uint(0, 2)),
  }
  const sizes = Object.fromEntries(Object.entries(bodies).map(([name, body]) => [name, body.length]))
  bodies.Directory = directory(sizes, applets.length, imports.length)
  const components = new Map<ComponentName, Uint8Array>()
  for (const name of LOAD_ORDER) {
    const body = bodies[name]
    if (body) components.set(name, concat(uint(COMPONENT_TAG[name], 1), uint(body.length, 2), body))
  }
  return components
}

const packageInfo = ({ aid, major, minor }: PackageRef): Uint8Array => concat(uint(minor, 1), uint(major, 1), lv(aid))

const header = ({ package: own, applets }: CapDescription): Uint8Array =>
  concat(fromHex('DECAFFED'), Uint8Array.of(1, 2, applets.length > 0 ? PACKAGE_FLAG.APPLET : 0), packageInfo(own))

/** No handlers; for each applet `install(byte[], short, byte)`: no stack, three parameters, `return`. Then the rest of the code. */
const INSTALL_METHOD = fromHex('00307A')

function methodComponent(applets: number, codeSize: number): Uint8Array {
  const rest = codeSize > 0 ? concat(fromHex('0000'), new Uint8Array(codeSize - 1), fromHex('7A')) : EMPTY
  return concat(uint(0, 1), ...Array.from({ length: applets }, () => INSTALL_METHOD), rest)
}

const appletComponent = (applets: readonly Uint8Array[]): Uint8Array =>
  concat(uint(applets.length, 1), ...applets.map((aid, i) => concat(lv(aid), uint(1 + i * INSTALL_METHOD.length, 2))))

/** Eleven sizes by tag, static field sizes, counts (6.5). */
function directory(sizes: Readonly<Record<string, number>>, applets: number, imports: number): Uint8Array {
  const SIZE = 11 * 2 + 6 + 3
  const byTag = Object.entries(COMPONENT_TAG).filter(([name]) => name !== 'Debug')
  return concat(
    ...byTag.map(([name]) => uint(name === 'Directory' ? SIZE : (sizes[name] ?? 0), 2)),
    new Uint8Array(6),
    Uint8Array.of(imports, applets, 0),
  )
}
