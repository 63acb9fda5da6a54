/** What of a report may stand in the journal: what cards say of themselves, and not what their files hold. */
import { fromBase64 } from '../../base/base64.ts'
import type { CardScript, ScriptReport } from '../../wire/card-script.ts'

/** READ BINARY and READ RECORD: a certificate read back has its holder's name in it. */
const READS: ReadonlySet<number> = new Set([0xb0, 0xb1, 0xb2, 0xb3])

/** Up to the first answer with the content of a file; from there it says that nothing came back, and the backend asks again. */
export function kept(script: CardScript, report: ScriptReport): ScriptReport {
  const first = script.steps.findIndex((step) => step.kind === 'apdu' && READS.has(fromBase64(step.apdu)[1] ?? 0))
  if (first < 0 || report.answers.length <= first) return report
  return { seq: report.seq, answers: report.answers.slice(0, first), stopped: 'noAnswer' }
}
