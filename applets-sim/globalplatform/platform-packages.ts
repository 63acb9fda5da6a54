/** Packages that the card's own runtime provides, with the highest version it has (Java Card 3.0.5, GlobalPlatform API 1.6). */
import { equal } from '../../src/base/bytes.ts'
import { fromHex } from '../../src/base/hex.ts'
import type { PackageReference } from './load-file.ts'
import type { Registry } from './registry.ts'

const PLATFORM: readonly PackageReference[] = [
  { aid: fromHex('A0000000620001'), major: 1, minor: 0 }, // java.lang
  { aid: fromHex('A0000000620002'), major: 1, minor: 0 }, // java.io
  { aid: fromHex('A0000000620101'), major: 1, minor: 6 }, // javacard.framework
  { aid: fromHex('A0000000620102'), major: 1, minor: 6 }, // javacard.security
  { aid: fromHex('A0000000620201'), major: 1, minor: 6 }, // javacardx.crypto
  { aid: fromHex('A0000000620209'), major: 1, minor: 0 }, // javacardx.apdu
  { aid: fromHex('A00000015100'), major: 1, minor: 6 }, // org.globalplatform
]

/** Is there a package that this import can be linked to: same major version, at least its minor version (6.5)? */
export function canLink(registry: Registry, wanted: PackageReference): boolean {
  const loaded = registry.packages().map(({ aid, version }) => ({ aid, ...version }))
  return [...PLATFORM, ...loaded].some(
    ({ aid, major, minor }) => equal(aid, wanted.aid) && major === wanted.major && minor >= wanted.minor,
  )
}
