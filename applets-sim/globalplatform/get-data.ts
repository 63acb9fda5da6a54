/** GET DATA of a security domain (GPCS 2.3.1, 11.3; the issuer's own objects: facts 1.7). */
import { concat, EMPTY, uint } from '../../src/base/bytes.ts'
import { fromHex } from '../../src/base/hex.ts'
import { readTlv, tlv } from '../../src/base/tlv.ts'
import type { Command } from '../../src/card/command.ts'
import { SW } from '../../src/card/status-word.ts'
import { answer, status } from '../os/answer.ts'
import { cardCapabilities } from './card-capabilities.ts'
import { dataCell } from './data-objects.ts'
import type { DomainContext } from './domain-context.ts'
import type { CardKey, KeyRing } from './key-set.ts'

export const OBJECT = {
  ISSUER_NUMBER: 0x0042,
  IMAGE_NUMBER: 0x0045,
  CARD_RECOGNITION: 0x0066,
  CARD_CAPABILITIES: 0x0067,
  KEY_INFORMATION: 0x00e0,
  SEQUENCE_COUNTER: 0x00c1,
  DIVERSIFICATION: 0x00cf,
  CARD_RESOURCES: 0xff21,
} as const

const COMPUTED: readonly number[] = [OBJECT.KEY_INFORMATION, OBJECT.SEQUENCE_COUNTER, OBJECT.CARD_RESOURCES]

/** Objects that no cell holds. */
export const isComputed = ({ p1, p2 }: Command): boolean => COMPUTED.includes((p1 << 8) | p2)

export function getData(context: DomainContext, { p1, p2 }: Command): Uint8Array {
  const tag = (p1 << 8) | p2
  if (tag === OBJECT.KEY_INFORMATION) return answer(tlv(tag, ...keyInformation(context.ring)))
  if (tag === OBJECT.SEQUENCE_COUNTER) return sequenceCounter(context)
  if (tag === OBJECT.CARD_RESOURCES) return answer(cardResources(context))
  const kept = context.services.memory.read(dataCell(context, tag))
  if (kept !== undefined) return answer(NUMBERS.includes(tag) ? whole(tag, kept) : kept)
  if (tag === OBJECT.CARD_RECOGNITION) return answer(cardRecognition(context.content.scp))
  if (tag === OBJECT.CARD_CAPABILITIES) return answer(cardCapabilities(context.content.scp))
  return status(SW.REFERENCE_NOT_FOUND)
}

/** Kept bare, as the card manager answers them in class 00 (facts 1.7); GlobalPlatform's answer has the tag (decision 0132). */
export const NUMBERS: readonly number[] = [OBJECT.ISSUER_NUMBER, OBJECT.IMAGE_NUMBER]

function whole(tag: number, kept: Uint8Array): Uint8Array {
  const object = readTlv(kept)
  return object?.tag === tag && object.end === kept.length ? kept : tlv(tag, kept)
}

/** C0 per key: id, version, and type and length of each component; extended lengths where one byte is not enough. */
function keyInformation(ring: KeyRing): readonly Uint8Array[] {
  const information = (version: number, { id, components }: CardKey) => {
    const extended = components.some(({ value }) => value.length > 0xff)
    const parts = components.map(({ type, value }) =>
      extended
        ? concat(Uint8Array.of(0xff, type), uint(value.length, 2))
        : concat(Uint8Array.of(type), uint(value.length, 1)),
    )
    // Extended format: no usage and no access restriction given.
    return tlv(0xc0, Uint8Array.of(id, version), ...parts, extended ? Uint8Array.of(0, 0) : EMPTY)
  }
  return ring.versions().flatMap((version) => (ring.keys(version) ?? []).map((key) => information(version, key)))
}

/** GPC_SPE_014, 7.1.1: counter of the default key set, where challenges are pseudo-random. */
function sequenceCounter({ ring, content }: DomainContext): Uint8Array {
  const keys = ring.forChannel(0)
  if (keys === undefined || !content.scp.pseudoRandom) return status(SW.REFERENCE_NOT_FOUND)
  return answer(tlv(OBJECT.SEQUENCE_COUNTER, uint(ring.counter(keys.version), 3)))
}

/** Card data 66 { 73 } with the object identifiers of GPCS 2.3.1, appendix H.2, under 1.2.840.114283. */
function cardRecognition(scp: { readonly i: number }): Uint8Array {
  const oid = (...arcs: readonly number[]) => tlv(0x06, fromHex('2A864886FC6B'), Uint8Array.from(arcs))
  return tlv(
    OBJECT.CARD_RECOGNITION,
    tlv(
      0x73,
      oid(0x01),
      tlv(0x60, oid(0x02, 0x02, 0x03, 0x01)),
      tlv(0x63, oid(0x03)),
      tlv(0x64, oid(0x04, 0x03, scp.i)),
    ),
  )
}

/** Extended card resources information (TS 102 226, 8.2.1.7.2): applications, free non-volatile and volatile memory. */
function cardResources({ content }: DomainContext): Uint8Array {
  const free = content.account.free()
  const installed = content.registry.instances().filter(({ builtIn }) => !builtIn).length
  return tlv(
    OBJECT.CARD_RESOURCES,
    tlv(0x81, uint(installed, 2)),
    tlv(0x82, uint(Math.max(0, free.nonVolatile), 4)),
    tlv(0x83, uint(Math.max(0, free.volatile), 4)),
  )
}
