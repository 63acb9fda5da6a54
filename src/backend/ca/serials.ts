/** Serial numbers: dense per authority, taken from the database in blocks; what a dead process had taken is never used. */
import type { Store } from '../store/store.ts'

const BLOCK = 64
/** JPKI serials are four bytes, positive (facts 5.2). */
const LAST_SERIAL = 0x7fffffff

/** Gives the next index of an authority; its serial is `firstSerial + index`. Indexes are never given twice, some never. */
export function serialAllocator(store: Store): (issuer: string, firstSerial: number) => Promise<number> {
  interface Block {
    next: number
    end: number
  }
  const blocks = new Map<string, Promise<Block>>()

  const take = (issuer: string, firstSerial: number): Promise<Block> =>
    store.transaction(async (tx) => {
      const row = await tx.get<{ next_index: number }>('SELECT next_index FROM issuer WHERE id = ?', issuer)
      if (row === undefined) throw new Error(`serials: no authority ${issuer}`)
      const end = row.next_index + BLOCK
      if (firstSerial + end > LAST_SERIAL) throw new Error(`serials: authority ${issuer} has none left`)
      await tx.run('UPDATE issuer SET next_index = ? WHERE id = ?', end, issuer)
      return { next: row.next_index, end }
    })

  return async function next(issuer, firstSerial) {
    for (;;) {
      const current = blocks.get(issuer) ?? take(issuer, firstSerial)
      blocks.set(issuer, current)
      let block: Block
      try {
        block = await current
      } catch (error) {
        if (blocks.get(issuer) === current) blocks.delete(issuer)
        throw error
      }
      if (block.next < block.end) return block.next++
      if (blocks.get(issuer) === current) blocks.delete(issuer)
    }
  }
}
