/** Many renewals for few holders at once: the load under which two backends meet (P18). */
import { appendFileSync } from 'node:fs'
import { Refusal } from '../../src/backend/refusal.ts'
import { StoreUnavailable } from '../../src/backend/store/store.ts'
import { cardKey, confirmFor, type Fixture, issueFor, orderFor } from './fixture.ts'

export const HOLDERS = ['h0', 'h1', 'h2']

/** Renews until `stop` aborts or the process ends; what was acknowledged as active goes to the journal, one serial a line. */
export async function renewOn(parts: Fixture, journal: string, stop: AbortSignal): Promise<void> {
  await Promise.all(
    HOLDERS.map(async (holder) => {
      while (!stop.aborted) {
        const key = cardKey()
        try {
          const issued = await issueFor(parts, orderFor('auth', key, { holder, card: `card of ${holder}` }))
          await confirmFor(parts, issued, key)
          appendFileSync(journal, `${issued.serial}\n`)
        } catch (error) {
          if (!(error instanceof Refusal || error instanceof StoreUnavailable)) throw error
        }
      }
    }),
  )
}
