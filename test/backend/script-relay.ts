/** A terminal's relay for these tests: the guard, a simulated card, a holder at the keypad – and a line on which things get lost. */
import assert from 'node:assert/strict'
import type { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import type { ScriptReply } from '../../src/backend/scripts/scripts.ts'
import { concat, utf8 } from '../../src/base/bytes.ts'
import { fromHex } from '../../src/base/hex.ts'
import { command, decodeResponse, encodeCommand } from '../../src/card/command.ts'
import { webVerify } from '../../src/pki/web-verify.ts'
import { type CardScript, type ScriptPin, type ScriptReport, scriptText } from '../../src/wire/card-script.ts'
import { objection, type RelayState } from '../../src/wire/script-guard.ts'

export interface Holder {
  readonly pins: Record<ScriptPin, string>
  /** What is chosen at the keypad when a new PIN is asked for. */
  readonly chosen?: Partial<Record<ScriptPin, string>>
}

/** Where the line breaks: before or after the card had the command. */
export interface Break {
  readonly script: number
  readonly step: number
  readonly at: 'before' | 'after'
}

const FID: Record<ScriptPin, number> = { auth: 0x98, sign: 0x9b, text: 0x91, juki: 0x9c }
/** CHANGE REFERENCE DATA, or CHANGE KEY in the two places of the 住民基本台帳用 PIN (facts 3.3). */
const change = (pin: ScriptPin): readonly [cla: number, ins: number, p1: number] =>
  pin === 'juki' ? [0x80, 0x32, 0x00] : [0x00, 0x24, 0x01]

export class Relay {
  readonly card: SimulatedCard
  readonly holder: Holder
  readonly publicKey: Uint8Array
  state: RelayState
  breaks: readonly Break[] = []
  /** Called before and after each command that the card gets. */
  around: (place: 'before' | 'after') => void = () => {}
  /** Labels with status words, as a trace shows them. */
  readonly trace: string[] = []

  constructor(card: SimulatedCard, holder: Holder, publicKey: Uint8Array, first: CardScript) {
    this.card = card
    this.holder = holder
    this.publicKey = publicKey
    const { session, procedure, card: serial, terminal } = first
    this.state = { session, procedure, card: serial, terminal, seq: 0 }
  }

  async run(script: CardScript): Promise<ScriptReport> {
    const verify = (one: CardScript) =>
      webVerify('p384-sha384', this.publicKey, utf8(scriptText(one)), Buffer.from(one.signature, 'base64'))
    // The order is not known here: a session stays with the PIN it asked for first.
    const pin = this.state.pin ?? script.steps.find((step) => step.kind === 'local')?.pin
    this.state = { ...this.state, pin }
    assert.equal(await objection(script, this.state, verify), undefined)
    this.state = { ...this.state, seq: script.seq }
    const answers: string[] = []
    for (const [i, step] of script.steps.entries()) {
      const broken = this.breaks.find((one) => one.script === script.seq && one.step === i)
      if (broken?.at === 'before') return this.#lost(script.seq, answers)
      if (step.kind === 'local') {
        if (!this.#local(step.action, step.pin)) return { seq: script.seq, answers, stopped: 'pinBlocked' }
        answers.push('')
      } else {
        this.around('before')
        const response = this.card.transmit(concat(Buffer.from(step.apdu, 'base64')))
        this.around('after')
        if (broken !== undefined) return this.#lost(script.seq, answers)
        const sw = decodeResponse(response)?.sw ?? 0
        this.trace.push(`${step.label} ${sw.toString(16)}`)
        answers.push(Buffer.from(response).toString('base64'))
        if (!step.expect.includes(sw)) return { seq: script.seq, answers, stopped: 'statusWord' }
        if (step.answer !== undefined && step.answer !== answers.at(-1))
          return { seq: script.seq, answers, stopped: 'answer' }
      }
    }
    return { seq: script.seq, answers }
  }

  /** The card was pulled: it loses its power. */
  #lost(seq: number, answers: readonly string[]): ScriptReport {
    this.card.powerOff()
    this.card.powerOn('contact')
    this.trace.push('lost')
    return { seq, answers: [...answers], stopped: 'noAnswer' }
  }

  /** What is chosen is written in every place of the PIN that the script comes to. */
  #local(action: 'verifyPin' | 'newPin', pin: ScriptPin): boolean {
    const send = ([cla, ins, p1]: readonly [number, number, number], value: string) => {
      const data = Buffer.from(value)
      return decodeResponse(this.card.transmit(encodeCommand(command(cla, ins, p1, FID[pin], { data }))))?.sw === 0x9000
    }
    if (action === 'verifyPin') return send([0x00, 0x20, 0x00], this.holder.pins[pin])
    const chosen = this.holder.chosen?.[pin] ?? ''
    this.holder.pins[pin] = chosen
    return send(change(pin), chosen)
  }
}

/** Runs to the end: scripts and reports in turn. */
export async function runToEnd(
  relay: Relay,
  first: CardScript,
  next: (report: ScriptReport) => Promise<ScriptReply>,
): Promise<Exclude<ScriptReply, { kind: 'script' }>> {
  let script = first
  for (;;) {
    const reply = await next(await relay.run(script))
    if (reply.kind !== 'script') return reply
    script = reply.script
  }
}

/** Does this PIN open the application? Costs a try when not. */
export function opens(card: SimulatedCard, aid: string, fid: number, pin: string): boolean {
  card.transmit(encodeCommand(command(0x00, 0xa4, 0x04, 0x0c, { data: fromHex(aid) })))
  const sw = decodeResponse(
    card.transmit(encodeCommand(command(0x00, 0x20, 0x00, 0x80 | fid, { data: Buffer.from(pin) }))),
  )
  return sw?.sw === 0x9000
}
