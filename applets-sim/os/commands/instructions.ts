/** Every instruction of a file-system application (facts 1.8). The class byte is `00` or `80`; secure messaging is off here. */
import type { Command } from '../../../src/card/command.ts'
import { SW } from '../../../src/card/status-word.ts'
import { status } from '../answer.ts'
import type { FileSession } from '../file-session.ts'
import { changeKey, changeReferenceData } from './change.ts'
import { externalAuthenticate } from './external-authenticate.ts'
import { getChallenge } from './get-challenge.ts'
import { getData } from './get-data.ts'
import { internalAuthenticate } from './internal-authenticate.ts'
import { eraseAllRecords, lastCommandIndicator, lockDf, manageAttributes, unlockDf, unlockKey } from './issuer-only.ts'
import { readBinary } from './read-binary.ts'
import { readRecord } from './read-record.ts'
import { selectEf } from './select-ef.ts'
import { setPublicIcKey } from './set-public-ic-key.ts'
import { setSessionKey } from './set-session-key.ts'
import { sign } from './sign.ts'
import { verify } from './verify.ts'

export type Instruction = (session: FileSession, command: Command) => Uint8Array

const table = (instructions: Readonly<Record<number, Instruction>>): readonly (Instruction | undefined)[] =>
  Array.from({ length: 256 }, (_, ins) => instructions[ins])

/** Class 00: user commands. */
const USER = table({
  32: verify,
  36: changeReferenceData,
  130: externalAuthenticate,
  132: getChallenge,
  136: internalAuthenticate,
  164: selectEf,
  176: readBinary,
  178: readRecord,
  202: getData,
})

/** Class 80: extended system commands. */
const SYSTEM = table({
  6: eraseAllRecords,
  42: sign,
  50: changeKey,
  80: lockDf,
  82: unlockDf,
  84: unlockKey,
  138: manageAttributes,
  162: setPublicIcKey,
  174: setSessionKey,
  252: lastCommandIndicator,
})

export function instruction(session: FileSession, command: Command): Uint8Array {
  const [own, other] = command.cla === 0x00 ? [USER, SYSTEM] : [SYSTEM, USER]
  const found = own[command.ins]
  if (found !== undefined) return found(session, command)
  return status(other[command.ins] === undefined ? SW.INS_NOT_SUPPORTED : SW.CLA_NOT_SUPPORTED)
}
