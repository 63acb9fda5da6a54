/** SET SESSION KEY `80 AE 00 00` (facts 3.7): the key of secure messaging arrives under RSA-OAEP with SHA-256. */
import { constants, privateDecrypt } from 'node:crypto'
import { startsWith } from '../../../src/base/bytes.ts'
import type { Command } from '../../../src/card/command.ts'
import { SW } from '../../../src/card/status-word.ts'
import { status } from '../answer.ts'
import type { FileSession } from '../file-session.ts'
import { MessageKey } from '../message-key.ts'
import { modulusOf, type PrivateKey, rsaPrivateKey } from '../private-key.ts'

/** `A0 { 80: seed }`: an encryption key alone; a checksum key is not taken. */
const DELIVERY = Uint8Array.of(0xa0, 0x22, 0x80, 0x20)
const SEED = 32
const KEY = 16

export function setSessionKey(session: FileSession, { p1, p2, data }: Command): Uint8Array {
  const { sessionKey } = session.application.layout
  if ('refusal' in sessionKey) return status(sessionKey.refusal)
  if (p1 !== 0 || p2 !== 0) return status(SW.WRONG_P1P2)
  const object = session.application.objects[sessionKey.deliveryKey]
  if (object === undefined || !session.allows(object, 'setSessionKey')) return session.refusal()
  const stored = session.services.memory.read(object.keyCell)
  const key = stored && rsaPrivateKey(stored)
  if (key === undefined) return status(SW.REFERENCE_NOT_FOUND)
  if (data.length !== key.size) return status(SW.WRONG_LENGTH)
  if (Buffer.compare(data, modulusOf(key)) >= 0) return status(SW.SELF_DIAGNOSIS)
  const delivered = open(key, data)
  if (delivered?.length !== DELIVERY.length + SEED || !startsWith(delivered, DELIVERY)) return status(SW.WRONG_DATA)
  session.messageKey = new MessageKey(delivered.subarray(DELIVERY.length, DELIVERY.length + KEY))
  return status(SW.OK)
}

function open({ key }: PrivateKey, cryptogram: Uint8Array): Uint8Array | undefined {
  try {
    return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, cryptogram)
  } catch {
    return undefined
  }
}
