/** From what is to be done to the steps of a script, and back from the answers. Pure: nothing here talks to a card or a database. */

import { type Authentication, initializeUpdate } from '../../applications/globalplatform/initialize-update.ts'
import { unwrap, wrap } from '../../applications/globalplatform/scp03-session.ts'
import { select } from '../../applications/globalplatform/select.ts'
import { concat } from '../../base/bytes.ts'
import { fromHex, hex } from '../../base/hex.ts'
import { decodeResponse, encodeCommand, type Response } from '../../card/command.ts'
import { SW } from '../../card/status-word.ts'
import type { ScriptStep } from '../../wire/card-script.ts'
import { Refusal } from '../refusal.ts'
import type { PlannedStep } from './procedure.ts'
import { type Channel, channelState, type ExpectedAnswer, storedChannel } from './session-state.ts'

export interface Composed {
  readonly steps: readonly ScriptStep[]
  readonly expected: readonly ExpectedAnswer[]
  /** The channel after the last step; none when a step outside it ended it. */
  readonly channel?: Channel
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

const plain = (label: string, apdu: Uint8Array, accepts: readonly number[] = []) => ({
  kind: 'apdu' as const,
  label,
  apdu: base64(apdu),
  expect: [SW.OK, ...accepts],
})

/** SELECT of the domain and INITIALIZE UPDATE; the answer to the second decides everything after it. */
export function greeting(domain: Uint8Array, hostChallenge: Uint8Array, foreseen?: Uint8Array): readonly ScriptStep[] {
  const chosen = select(domain)
  const hello = initializeUpdate(0, hostChallenge)
  const asked = plain(hello.name, encodeCommand(hello.apdu))
  return [
    plain(chosen.name, encodeCommand(chosen.apdu)),
    foreseen === undefined ? asked : { ...asked, answer: base64(foreseen) },
  ]
}

/** The domain's whole AID, when the answer to its SELECT tells it. */
export function selectedAid(answer: string): Uint8Array | undefined {
  const response = decodeResponse(concat(Buffer.from(answer, 'base64')))
  return response && select().parse(response)?.aid
}

/** EXTERNAL AUTHENTICATE, after what comes before it in the same script. */
export const authentication = (
  { apdu, gp, session }: Authentication,
  before: readonly ScriptStep[] = [],
): Composed => ({
  steps: [...before, plain(gp.name, apdu)],
  expected: [...before, gp].map(() => ({ accepts: [SW.OK] })),
  channel: storedChannel(session),
})

/** Wraps ahead: one command after the other, none waits for an answer (rule 11). */
export function compose(begin: Composed, planned: readonly PlannedStep[]): Composed {
  const steps = [...begin.steps]
  const expected = [...begin.expected]
  let state = begin.channel === undefined ? undefined : channelState(begin.channel)
  for (const step of planned) {
    if (step.kind === 'local') {
      steps.push(step)
      expected.push({ accepts: [] })
    } else if (step.kind === 'clear') {
      state = undefined
      steps.push(plain(step.label, encodeCommand(step.command)))
      expected.push({ accepts: [SW.OK] })
    } else {
      if (state === undefined) throw new Error('scripts: a secured step after one outside the channel')
      const { command } = step
      const wrapped = wrap(state, command.apdu)
      state = wrapped.next
      steps.push(plain(command.name, wrapped.apdu, command.accepts))
      const { chain, counter, level } = wrapped.expected
      expected.push({ accepts: [SW.OK, ...command.accepts], secured: { chain: hex(chain), counter, level } })
    }
  }
  return { steps, expected, ...(state === undefined ? {} : { channel: storedChannel(state) }) }
}

/** What the card answered, checked and in the clear. Throws `cardUntrusted` at the first answer that is not the card's. */
export function readAnswers(
  keys: Channel | undefined,
  expected: readonly ExpectedAnswer[],
  answers: readonly string[],
): readonly Response[] {
  return expected.map(({ accepts, secured }, i) => {
    const bytes = concat(Buffer.from(answers[i] ?? '', 'base64'))
    if (accepts.length === 0) return { data: bytes, sw: SW.OK }
    const response = decodeResponse(bytes)
    if (response === undefined || !accepts.includes(response.sw)) throw new Refusal('badReport', `answer ${i + 1}`)
    if (secured === undefined) return response
    if (keys === undefined) throw new Refusal('badReport', `answer ${i + 1}`)
    const { chain, counter, level } = secured
    const opened = unwrap({ ...channelState(keys), chain: fromHex(chain), counter, level }, response)
    if (opened === undefined) throw new Refusal('cardUntrusted', `answer ${i + 1}`)
    return opened
  })
}

export const statusWordOf = (answer: string): number | null => decodeResponse(Buffer.from(answer, 'base64'))?.sw ?? null
