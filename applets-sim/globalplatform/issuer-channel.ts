/**
 * The issuer's work on the card's file-system applications, under its secure channel (decision 0081): after
 * INSTALL [for personalization] for one of them, STORE DATA writes its objects, GENERATE ASYMMETRIC KEY PAIR makes its keys
 * and RESET RETRY COUNTER gives a PIN all its tries again.
 */
import { createPublicKey } from 'node:crypto'
import { concat } from '../../src/base/bytes.ts'
import { tlv } from '../../src/base/tlv.ts'
import type { Command } from '../../src/card/command.ts'
import { SW } from '../../src/card/status-word.ts'
import type { LifeCycle } from '../os/access.ts'
import {
  type Administered,
  disablePin,
  generateKey,
  putKey,
  resetPin,
  setLifeCycle,
  writeFile,
  writeRecord,
} from '../os/administration.ts'
import { answer, status } from '../os/answer.ts'
import { type DataGrouping, parseDataGroupings } from './dgi.ts'
import type { DomainContext } from './domain-context.ts'
import { demand, require } from './refusal.ts'
import { LEVEL } from './scp03-parameter.ts'

/** High byte of a data grouping identifier: what is written. The low byte is the EF identifier. */
const WRITE = { FILE: 0x10, RECORD: 0x20, PIN: 0x30, KEY: 0x40, LIFE_CYCLE: 0x50 } as const

const LIFE: Readonly<Record<number, LifeCycle>> = { 7: 'selectable', 15: 'personalised' }

/** PINs, keys and personal data come this way: never in the clear. */
function target({ content, services, channel, target }: DomainContext): Administered {
  require(channel.has(LEVEL.C_MAC | LEVEL.C_DECRYPTION), SW.SECURITY_STATUS)
  const application = target && content.builtIn(target)
  require(application !== undefined, SW.CONDITIONS_NOT_SATISFIED)
  return { services, application: application.compiled }
}

const check = (sw: number): void => require(sw === SW.OK, sw)

/** Several groupings in one command are written together or not at all. */
export function storeObjects(context: DomainContext, data: Uint8Array): Uint8Array {
  const application = target(context)
  for (const grouping of parseDataGroupings(data)) check(storeObject(application, grouping))
  return status(SW.OK)
}

function storeObject(application: Administered, { id, value }: DataGrouping): number {
  const fid = id & 0xff
  const content = value.length === 0 ? undefined : value
  switch (id >> 8) {
    case WRITE.FILE:
      return writeFile(application, fid, content)
    case WRITE.RECORD:
      return writeRecord(application, fid, value[0] ?? 0, value.subarray(1))
    case WRITE.PIN:
      return content === undefined ? disablePin(application, fid) : resetPin(application, fid, content)
    case WRITE.KEY:
      return putKey(application, fid, content)
    case WRITE.LIFE_CYCLE:
      return setLifeCycle(application, demand(LIFE[value[0] ?? 0], SW.WRONG_DATA))
    default:
      return SW.REFERENCE_NOT_FOUND
  }
}

/** A public key of RSA-2048 in its template, with an R-MAC or encrypted, in one answer. */
const ROOM_FOR_PUBLIC_KEY = 512

/** `80 47 00 00`, data = EF identifier of the key (2 bytes), extended Le. Answers 7F49 { 81 modulus, 82 exponent } (ISO/IEC 7816-8, 5.4). */
export function generateKeyPair(context: DomainContext, { p1, p2, data, ne }: Command): Uint8Array {
  const application = target(context)
  require(p1 === 0x00 && p2 === 0x00, SW.WRONG_P1P2)
  require(data.length === 2 && data[0] === 0x00, SW.WRONG_DATA)
  require(ne >= ROOM_FOR_PUBLIC_KEY, SW.WRONG_LENGTH)
  const key = generateKey(application, data[1] ?? 0)
  if (typeof key === 'number') return status(key)
  const { n = '', e = '' } = createPublicKey({ key: Buffer.from(key), format: 'der', type: 'spki' }).export({
    format: 'jwk',
  })
  const part = (text: string) => concat(Buffer.from(text, 'base64url'))
  return answer(tlv(0x7f49, tlv(0x81, part(n)), tlv(0x82, part(e))))
}

/** `80 2C P1 P2` (ISO/IEC 7816-4:2020, 11.5.10): P1 = 02 with a new value, 03 keeps the value; P2 = 80 | EF identifier. */
export function resetRetryCounter(context: DomainContext, { p1, p2, data }: Command): Uint8Array {
  const application = target(context)
  require((p1 === 0x02 || p1 === 0x03) && (p2 & 0xe0) === 0x80, SW.WRONG_P1P2)
  const fid = p2 & 0x1f
  if (p1 === 0x02) return status(resetPin(application, fid, data))
  require(data.length === 0, SW.WRONG_DATA)
  const pin = demand(application.application.objects[fid], SW.NOT_FOUND)
  const value = demand(context.services.memory.read(pin.pinCell), SW.CONDITIONS_NOT_SATISFIED)
  return status(resetPin(application, fid, value))
}
