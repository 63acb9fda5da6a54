/** Which chip a registered card is: its ten bytes of identification, learnt at the first channel that its own keys or the factory's open. */
import { hex } from '../../base/hex.ts'
import { Refusal } from '../refusal.ts'
import { type Reads, type Store, UniqueViolation } from '../store/store.ts'

/** Throws `otherCard` when the card is known to be another chip. Says whether it is known at all. */
export async function mayBeChip(store: Reads, card: string, identification: Uint8Array): Promise<boolean> {
  const sql = 'SELECT identification FROM card_chip WHERE card = ?'
  const known = await store.get<{ identification: string }>(sql, card)
  if (known !== undefined && known.identification !== hex(identification)) throw new Refusal('otherCard')
  return known !== undefined
}

/** From now on it is this chip. Throws `otherCard` when it is another, or the chip is another card's. */
export async function mustBeChip(store: Store, card: string, identification: Uint8Array): Promise<void> {
  if (await mayBeChip(store, card, identification)) return
  const seen = hex(identification)
  try {
    await store.transaction((tx) => tx.run('INSERT INTO card_chip (card, identification) VALUES (?, ?)', card, seen))
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error
    // Registered already: for another card, or for this one by a call at the same time.
    const again = await store.get<{ card: string }>('SELECT card FROM card_chip WHERE identification = ?', seen)
    if (again?.card !== card) throw new Refusal('otherCard')
  }
}
