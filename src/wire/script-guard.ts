/**
 * The relay's guard: may this script run on the card in the reader? It understands no cryptogram and no data, only whose script it is,
 * which one, how long, and which instructions the procedure on the screen has any business with. A pure function.
 */
import {
  type CardScript,
  PIN_PLACES,
  type Resettable,
  type ScriptPin,
  type ScriptProcedureName,
  type ScriptStep,
} from './card-script.ts'

/** What the relay knows by itself, of the session it opened. */
export interface RelayState {
  readonly session: string
  readonly procedure: ScriptProcedureName
  readonly card: string
  readonly terminal: string
  /** What the holder may be asked for: the PIN to be set anew, or the one of the certificate. */
  readonly pin?: Resettable | undefined
  /** Of the last script that was let through; 0 before the first. */
  readonly seq: number
}

export type ScriptObjection =
  | 'otherSession'
  | 'otherProcedure'
  | 'otherCard'
  | 'otherTerminal'
  | 'outOfSequence'
  | 'tooManySteps'
  | 'instruction'
  | 'localStep'
  | 'signature'

interface Allowance {
  readonly instructions: readonly number[]
  readonly local: Readonly<Partial<Record<'verifyPin' | 'newPin', readonly ScriptPin[]>>>
  readonly steps: number
}

/** SELECT, INITIALIZE UPDATE, EXTERNAL AUTHENTICATE, PUT KEY: every procedure opens a channel, the first one takes the card over. */
const CHANNEL = [0xa4, 0x50, 0x82, 0xd8]
const CONTENT = [...CHANNEL, 0xf2, 0xe6, 0xe8, 0xe4]

/** What each procedure may do; INS bytes. VERIFY and CHANGE are the host's own, but for the one-time value of a reset or a setup. */
export const ALLOWED: Readonly<Record<ScriptProcedureName, Allowance>> = {
  // INSTALL [for personalization], GENERATE, STORE DATA; then the proof: COMPUTE DIGITAL SIGNATURE, READ BINARY.
  certificate: {
    instructions: [...CHANNEL, 0xe6, 0x47, 0xe2, 0x2a, 0xb0],
    local: { verifyPin: ['auth', 'sign'] },
    steps: 32,
  },
  // As a certificate, and the one-time value that the proof is given with: RESET RETRY COUNTER, VERIFY.
  setUp: {
    instructions: [...CHANNEL, 0xe6, 0x47, 0xe2, 0x2c, 0x20, 0x2a, 0xb0],
    local: {},
    steps: 40,
  },
  pinReset: {
    instructions: [...CHANNEL, 0xe6, 0x2c, 0x20],
    local: { newPin: ['auth', 'sign', 'text', 'juki'] },
    steps: 16,
  },
  loadApplication: { instructions: CONTENT, local: {}, steps: 256 },
  deleteApplication: { instructions: CONTENT, local: {}, steps: 16 },
}

/** The first objection, or undefined: then `script.seq` is the new `seq` of the state. `verify` checks the backend's signature. */
export async function objection(
  script: CardScript,
  relay: RelayState,
  verify: (script: CardScript) => boolean | Promise<boolean>,
): Promise<ScriptObjection | undefined> {
  if (script.session !== relay.session) return 'otherSession'
  if (script.procedure !== relay.procedure) return 'otherProcedure'
  if (script.card !== relay.card) return 'otherCard'
  if (script.terminal !== relay.terminal) return 'otherTerminal'
  if (script.seq !== relay.seq + 1) return 'outOfSequence'
  const allowed = ALLOWED[relay.procedure]
  if (script.steps.length > allowed.steps) return 'tooManySteps'
  for (const step of script.steps) {
    const found = stepObjection(step, allowed, relay.pin)
    if (found !== undefined) return found
  }
  return (await verify(script)) ? undefined : 'signature'
}

function stepObjection(
  step: ScriptStep,
  { instructions, local }: Allowance,
  pin: Resettable | undefined,
): ScriptObjection | undefined {
  if (step.kind === 'local') {
    const allowed = step.pin === pin && local[step.action]?.includes(pin) === true
    return allowed && PIN_PLACES[pin].includes(step.place) ? undefined : 'localStep'
  }
  const [, ins] = fromBase64(step.apdu)
  return ins !== undefined && instructions.includes(ins) ? undefined : 'instruction'
}

const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
