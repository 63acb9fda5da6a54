/** A second backend that dies in mid-transaction: its statements are done, its COMMIT never comes. Argument: JSON. */
import type { StorePlace } from '../../src/backend/store/open.ts'
import { openFixture } from './fixture.ts'
import { renewOn } from './renewals.ts'

const { place, journal, dieInTransaction } = JSON.parse(process.argv[2] ?? '{}') as {
  place: StorePlace
  journal: string
  dieInTransaction: number
}
const parts = await openFixture(place)
let begun = 0
const { store } = parts
const transaction = store.transaction.bind(store)
store.transaction = (work) =>
  transaction(async (tx) => {
    const value = await work(tx)
    if (++begun === dieInTransaction) {
      process.kill(process.pid, 'SIGKILL')
      for (;;);
    }
    return value
  })
await renewOn(parts, journal, new AbortController().signal)
