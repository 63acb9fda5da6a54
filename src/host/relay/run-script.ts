/** One script on one card, inside the transaction it is given: every answer kept, stopped where the script says so. */
import { base64, fromBase64 } from '../../base/base64.ts'
import { decodeResponse } from '../../card/command.ts'
import type { Transaction } from '../../card/transaction-hold.ts'
import type { LocalSteps } from '../../procedures/script-line.ts'
import type { CardScript, ScriptReport, ScriptStep } from '../../wire/card-script.ts'
import { pinKeeper } from './local-steps.ts'

/** Called with the report as it stands when the card does not come back from the next step. */
export type KeepReport = (report: ScriptReport) => void

/**
 * Runs to the end, or to the step that stopped it. Throws what the transaction throws – the card is gone – after `keep` was told what
 * had been answered by then.
 */
export async function runScript(
  tx: Transaction,
  script: CardScript,
  local: LocalSteps,
  keep: KeepReport,
): Promise<ScriptReport> {
  const { seq } = script
  const answers: string[] = []
  const pins = pinKeeper(local)
  try {
    for (const step of script.steps) {
      keep({ seq, answers: [...answers], stopped: 'noAnswer' })
      if (step.kind === 'local') {
        const done = await pins.perform(tx, step)
        if (done !== 'done') return { seq, answers, stopped: done }
        answers.push('')
        continue
      }
      const stopped = await send(tx, step, answers)
      if (stopped !== undefined) return { seq, answers, stopped }
    }
    return { seq, answers }
  } finally {
    pins.forget()
  }
}

async function send(
  tx: Transaction,
  { label, apdu, expect, answer }: Extract<ScriptStep, { kind: 'apdu' }>,
  answers: string[],
): Promise<ScriptReport['stopped']> {
  const response = await tx.raw(label)(fromBase64(apdu))
  const sw = decodeResponse(response)?.sw
  if (sw === undefined) return 'noAnswer'
  answers.push(base64(response))
  if (!expect.includes(sw)) return 'statusWord'
  return answer !== undefined && answer !== answers.at(-1) ? 'answer' : undefined
}
