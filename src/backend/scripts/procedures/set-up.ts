/**
 * 交付前設定 of a card that nobody holds yet (F03, decision 0165): the JPKI application goes into use, a certificate is made on the card, and
 * because there is no holder to type a PIN the proof is given with a one-time value, which is taken away again. The PINs themselves are set
 * at the delivery.
 */
import { ISSUER_SECURITY_DOMAIN } from '../../../applications/globalplatform/aid.ts'
import { STRUCTURE, storeData } from '../../../applications/globalplatform/store-data.ts'
import { concat, EMPTY } from '../../../base/bytes.ts'
import { command } from '../../../card/command.ts'
import { cardBySerial } from '../../cards/card-states.ts'
import { JPKI, PIN_FILES, selectFile, TOKEN, TOKEN_SIZE } from '../card-files.ts'
import { oneTimeValue } from '../one-time-value.ts'
import { fileGrouping, forApplication, inUse, resetRetryCounter, withoutPin } from '../personalise.ts'
import { clear, dataOf, type PlannedStep, type ScriptProcedure, secured, type Work } from '../procedure.ts'
import {
  confirmed,
  generating,
  type Kind,
  learnt,
  type MadeFacts,
  ordered,
  proving,
  writing,
} from './certificate-steps.ts'

export interface SetUpFacts extends MadeFacts {
  /** Base64 of the token information as the card had it. */
  readonly token?: string
  readonly closed?: true
}

export const setUpProcedure: ScriptProcedure<SetUpFacts> = {
  name: 'setUp',
  domain: () => ({ aid: ISSUER_SECURITY_DOMAIN }),
  async next({ kind, publicKey, evidence, token, closed }, work) {
    if (publicKey === undefined) return generating(kind)
    const issued = await ordered(kind, publicKey, work)
    if (evidence === undefined || token === undefined) {
      const { fid, value, verify } = oneTimePin(kind, work)
      const begin = [...forApplication(JPKI), secured(resetRetryCounter(fid, value))]
      const written = await writing(kind, issued, work, inUse())
      return { name: 'write', steps: [...begin, ...written, ...proving(kind, issued, verify), ...reading] }
    }
    if (closed === undefined) return { name: 'close', steps: await closing(kind, token, work) }
    return confirmed(issued, evidence, work)
  },
  learn(facts, batch, answers) {
    if (batch === 'close') return { ...facts, closed: true }
    const made = learnt(facts, batch, answers)
    const token = dataOf(answers, TOKEN_LABEL).at(-1)
    return token === undefined ? made : { ...made, token: Buffer.from(token).toString('base64') }
  },
  doubt: (facts) => facts,
}

function oneTimePin(kind: Kind, { parts }: Work) {
  const [{ fid }] = PIN_FILES[kind]
  const value = oneTimeValue(kind, parts.random)
  const verify = clear('VERIFY one-time value', command(0x00, 0x20, 0x00, 0x80 | fid, { data: value }))
  return { fid, value, verify }
}

const TOKEN_LABEL = 'READ token information'
const reading: readonly PlannedStep[] = [
  clear('SELECT token information', selectFile(TOKEN)),
  clear(TOKEN_LABEL, command(0x00, 0xb0, 0x00, 0x00, { ne: TOKEN_SIZE })),
]

/** Where CK_TOKEN_INFO has its flags, 32-bit big-endian; the lowest octet holds CKF_USER_PIN_INITIALIZED (facts 2.6.1). */
const FLAGS_END = 99
const USER_PIN_INITIALIZED = 0x08

/** The one-time value opens nothing any more. A card that will have PINs says so. */
async function closing(kind: Kind, token: string, { parts, card }: Work): Promise<readonly PlannedStep[]> {
  const [{ fid }] = PIN_FILES[kind]
  const { face_auth } = await cardBySerial(parts.store, card)
  const flagged = concat(Buffer.from(token, 'base64'))
  flagged[FLAGS_END] = (flagged[FLAGS_END] ?? 0) | USER_PIN_INITIALIZED
  const information = face_auth === 1 ? EMPTY : fileGrouping(TOKEN, flagged)
  return [...forApplication(JPKI), ...storeData([concat(withoutPin(fid), information)], STRUCTURE.DGI).map(secured)]
}
