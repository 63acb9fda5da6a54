/** GET DATA (GPCS 2.3.1, 11.3; data objects: appendix H) and the data objects a card manager has. */
import { equal } from '../../base/bytes.ts'
import { fromHex, hex } from '../../base/hex.ts'
import { findTlv, parseTlvs, readTlv } from '../../base/tlv.ts'
import { ByteReader } from './byte-reader.ts'
import { type GpCommand, gpCommand } from './gp-command.ts'

const GET_DATA = {
  name: 'GET DATA',
  section: 'GPCS 11.3',
  ins: 0xca,
  accepts: [0x6a88],
  meanings: [[0x6a88, 'no such data object', 'The card does not have this object.']],
} as const

/** Tags as P1 P2. */
export const TAG = {
  ISSUER_NUMBER: 0x0042,
  IMAGE_NUMBER: 0x0045,
  CARD_DATA: 0x0066,
  KEY_INFORMATION: 0x00e0,
  SEQUENCE_COUNTER: 0x00c1,
  DIVERSIFICATION_DATA: 0x00cf,
  CPLC: 0x9f7f,
  EXTENDED_RESOURCES: 0xff21,
} as const

/** The object's value without its tag, whether or not the card sends the tag; null when the card does not have it. */
export const getData = (tag: number): GpCommand<Uint8Array | null> =>
  gpCommand(GET_DATA, tag >> 8, tag & 0xff, { ne: 0x100 }, ({ data, sw }) => {
    if (sw === 0x6a88) return null
    const object = readTlv(data)
    return object?.tag === tag && object.end === data.length ? object.value : data
  })

export interface KeyInformation {
  readonly id: number
  readonly version: number
  readonly components: readonly { readonly type: string; readonly bytes: number }[]
}

const KEY_TYPE: ReadonlyMap<number, string> = new Map([
  [0x80, 'DES'],
  [0x88, 'AES'],
  [0xa0, 'RSA public exponent'],
  [0xa1, 'RSA modulus'],
  [0xb0, 'ECC public'],
  [0xf0, 'ECC parameters'],
])

/**
 * Key information template E0 (11.3.3.1): `C0 { id, version, (type, length)… }`, or the extended format for components of
 * more than 255 bytes: `(FF, type, length of two bytes)…` and what the key may be used for. Undefined when malformed.
 */
export function parseKeyInformation(value: Uint8Array): readonly KeyInformation[] | undefined {
  const keys = parseTlvs(value)?.map(({ tag, value: key }) => (tag === 0xc0 ? keyInformation(key) : undefined))
  return keys === undefined || keys.includes(undefined) ? undefined : (keys as KeyInformation[])
}

function keyInformation(key: Uint8Array): KeyInformation | undefined {
  const reader = new ByteReader(key)
  const [id, version] = [reader.u1(), reader.u1()]
  const extended = key[2] === EXTENDED
  const components: { type: string; bytes: number }[] = []
  while (!reader.atEnd) {
    const type = reader.u1()
    // Usage and access qualifiers end the extended format.
    if (extended && type !== EXTENDED) break
    const kind = extended ? reader.u1() : type
    const bytes = extended ? reader.u2() : reader.u1()
    if (kind === undefined || bytes === undefined) return undefined
    components.push({ type: KEY_TYPE.get(kind) ?? `type ${hex(Uint8Array.of(kind))}`, bytes })
  }
  return id === undefined || version === undefined ? undefined : { id, version, components }
}

const EXTENDED = 0xff

export interface CardData {
  /** `2.3.1` */
  readonly version: string
  /** Secure channel protocols and their options `i`: [3, 0x70]. */
  readonly protocols: readonly (readonly [protocol: number, options: number])[]
}

const GLOBALPLATFORM = fromHex('2A864886FC6B')

/** Card Recognition Data (H.2), with or without its outer 66. Undefined unless it is GlobalPlatform's. */
export function parseCardData(value: Uint8Array): CardData | undefined {
  const outer = parseTlvs(value)
  const objects = parseTlvs(findTlv(outer, 0x73) ?? findTlv(parseTlvs(findTlv(outer, 0x66) ?? value), 0x73) ?? value)
  const oid = findTlv(objects, 0x06)
  const version = arcs(findTlv(parseTlvs(findTlv(objects, 0x60) ?? value), 0x06), 2)
  if (objects === undefined || oid === undefined || version === undefined) return undefined
  if (!equal(oid.subarray(0, GLOBALPLATFORM.length), GLOBALPLATFORM)) return undefined
  const protocols = objects
    .filter((object) => object.tag === 0x64)
    .flatMap((object) => parseTlvs(object.value) ?? [])
    .map((object) => arcs(object.value, 4))
    .filter((scp) => scp !== undefined)
    .map((scp) => [scp[0] ?? 0, scp[1] ?? 0] as const)
  return { version: version.join('.'), protocols }
}

/** The arcs after {globalPlatform `branch`}, each below 16384. */
function arcs(oid: Uint8Array | undefined, branch: number): readonly number[] | undefined {
  if (oid === undefined || oid.length < 8 || !equal(oid.subarray(0, 6), GLOBALPLATFORM) || oid[6] !== branch)
    return undefined
  const out: number[] = []
  let arc = 0
  for (const byte of oid.subarray(7)) {
    arc = arc * 128 + (byte & 0x7f)
    if (byte & 0x80) continue
    out.push(arc)
    arc = 0
  }
  return out
}

/** Card production life cycle data 9F7F: name and bytes of each field in order (EMV CPS; GPCS refers to it as CPLC). */
const CPLC_FIELDS = [
  ['icFabricator', 2],
  ['icType', 2],
  ['operatingSystem', 2],
  ['operatingSystemReleaseDate', 2],
  ['operatingSystemReleaseLevel', 2],
  ['icFabricationDate', 2],
  ['icSerialNumber', 4],
  ['icBatch', 2],
  ['moduleFabricator', 2],
  ['modulePackagingDate', 2],
  ['iccManufacturer', 2],
  ['icEmbeddingDate', 2],
  ['prePersonaliser', 2],
  ['prePersonalisationDate', 2],
  ['prePersonalisationEquipment', 4],
  ['personaliser', 2],
  ['personalisationDate', 2],
  ['personalisationEquipment', 4],
] as const
export type CplcField = (typeof CPLC_FIELDS)[number][0]

/** 42 bytes into fields; undefined for any other length. */
export function parseCplc(value: Uint8Array): Readonly<Record<CplcField, Uint8Array>> | undefined {
  if (value.length !== 42) return undefined
  let at = 0
  const fields = CPLC_FIELDS.map(([name, size]) => {
    at += size
    return [name, value.subarray(at - size, at)]
  })
  return Object.fromEntries(fields) as Record<CplcField, Uint8Array>
}

export interface ExtendedResources {
  readonly applications: number
  readonly freeNonVolatile: number
  readonly freeVolatile: number
}

/** Extended card resources FF21 (ETSI TS 102 226, 8.2.1.7.2), bytes free. Undefined when malformed. */
export function parseExtendedResources(value: Uint8Array): ExtendedResources | undefined {
  const objects = parseTlvs(value)
  const number = (tag: number) => {
    const bytes = findTlv(objects, tag)
    return bytes === undefined || bytes.length > 6 ? undefined : bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  }
  const [applications, freeNonVolatile, freeVolatile] = [number(0x81), number(0x82), number(0x83)]
  if (applications === undefined || freeNonVolatile === undefined || freeVolatile === undefined) return undefined
  return { applications, freeNonVolatile, freeVolatile }
}
