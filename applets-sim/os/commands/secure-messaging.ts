/**
 * Secure messaging of the 券面事項入力補助 application (facts 3.7): class 08, confidentiality only. The command's data field is
 * exactly one data object – `86` padding indicator 01 and cryptogram for VERIFY and SELECT, `96` expected length for READ
 * BINARY – and the response's is `86` again, its status word in the clear.
 */
import { EMPTY } from '../../../src/base/bytes.ts'
import { readTlv, tlv } from '../../../src/base/tlv.ts'
import type { Command } from '../../../src/card/command.ts'
import { SW } from '../../../src/card/status-word.ts'
import { answer, status, swOf } from '../answer.ts'
import type { FileSession } from '../file-session.ts'
import type { MessageKey } from '../message-key.ts'
import { instruction } from './instructions.ts'

const SELECT = 0xa4
const VERIFY = 0x20
const READ_BINARY = 0xb0
const WITHOUT_INTEGRITY = 0x08

const CRYPTOGRAM = 0x86
const EXPECTED_LENGTH = 0x96
const PADDED = 0x01

export function secureMessaging(session: FileSession, command: Command): Uint8Array {
  const key = session.messageKey
  if (key === undefined) return status(command.ins === SELECT ? SW.SM_NOT_SUPPORTED : SW.SM_NO_SESSION)
  if (key.destroyed) return status(SW.SM_NO_SESSION)
  key.nextCommand()
  if (command.cla !== WITHOUT_INTEGRITY) return status(SW.SM_OBJECT_MISSING)
  const plain = unwrap(key, command)
  if (plain === undefined) {
    key.destroy()
    return status(SW.SM_OBJECT_INCORRECT)
  }
  const response = instruction(session, plain)
  if (response.length === 2) return response
  const cryptogram = key.encrypt(response.subarray(0, -2))
  return answer(tlv(CRYPTOGRAM, Uint8Array.of(PADDED), cryptogram), swOf(response))
}

/** The command as the application sees it, or undefined when its data object is not the one that belongs there. */
function unwrap(key: MessageKey, command: Command): Command | undefined {
  const object = readTlv(command.data)
  if (object === undefined || object.end !== command.data.length) return undefined
  const { tag, value } = object
  const inClear = { ...command, cla: 0x00 }
  if (command.ins === READ_BINARY) {
    if (tag !== EXPECTED_LENGTH || value.length !== 3 || value[0] !== 0x00) return undefined
    return { ...inClear, data: EMPTY, ne: ((value[1] as number) << 8) | (value[2] as number) || 0x10000 }
  }
  if (command.ins !== VERIFY && command.ins !== SELECT) return undefined
  if (tag !== CRYPTOGRAM || value[0] !== PADDED) return undefined
  const data = key.decrypt(value.subarray(1))
  return data === undefined ? undefined : { ...inClear, data }
}
