/** 照合番号B, which is printed on the card: how many tries are left of it. */
import { orNothing } from '../../applications/or-nothing.ts'
import type { PinStatus } from '../../applications/pin/verify-pin.ts'
import { TextSession } from '../../applications/text/text-session.ts'
import { VisualSession } from '../../applications/visual/visual-session.ts'
import type { Transaction } from '../../card/transaction-hold.ts'

/** The smaller count of its two places (facts 3.1): with either blocked it is of no use. Undefined: the card has none. Spends no try. */
export async function codeBTries(tx: Transaction): Promise<number | undefined> {
  const visual = await triesIn(async () => (await VisualSession.open(tx)).pinStatus('codeB'))
  const text = await triesIn(async () => (await TextSession.open(tx)).pinStatus('codeB'))
  const counts = [visual, text].filter((tries) => tries !== undefined)
  return counts.length === 0 ? undefined : Math.min(...counts)
}

/** A locked application hides nothing of the other. */
async function triesIn(read: () => Promise<PinStatus>): Promise<number | undefined> {
  const status = await orNothing(read)
  if (status === undefined || status.kind === 'missing') return undefined
  if (status.kind === 'unlimited') return 15
  return status.kind === 'open' ? status.triesLeft : 0
}
