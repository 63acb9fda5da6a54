/** Components of a CAP file (Java Card 3 VM specification, 6.1): names, tags, and the order in which they are loaded. */

export const COMPONENT_TAG = {
  Header: 1,
  Directory: 2,
  Applet: 3,
  Import: 4,
  ConstantPool: 5,
  Class: 6,
  Method: 7,
  StaticField: 8,
  RefLocation: 9,
  Export: 10,
  Descriptor: 11,
  Debug: 12,
} as const
export type ComponentName = keyof typeof COMPONENT_TAG

/** The recommended order of a load file (6.2.1, "Component installation order"). Debug never goes to a card. */
export const LOAD_ORDER: readonly ComponentName[] = [
  'Header',
  'Directory',
  'Import',
  'Applet',
  'Class',
  'Method',
  'StaticField',
  'Export',
  'ConstantPool',
  'RefLocation',
  'Descriptor',
]

export interface PackageRef {
  readonly aid: Uint8Array
  readonly major: number
  readonly minor: number
}

export interface AppletRef {
  readonly aid: Uint8Array
  /** Where `install` is in the Method component. */
  readonly installMethodOffset: number
}

/** Package flags of the Header component (6.4). */
export const PACKAGE_FLAG = { INT: 0x01, EXPORT: 0x02, APPLET: 0x04, EXTENDED: 0x08 } as const
