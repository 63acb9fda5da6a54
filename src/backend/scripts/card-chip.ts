/** Which chip a registered card is: its ten bytes of identification, learnt at the first channel that its own keys or the factory's open. */
import { hex } from '../../base/hex.ts'
import { Refusal } from '../refusal.ts'
import { type Store, UniqueViolation } from '../store/store.ts'

/** Throws `otherCard` when the card on the reader is another one than was said. */
export async function mustBeChip(store: Store, card: string, identification: Uint8Array): Promise<void> {
  const seen = hex(identification)
  const known = await store.get<{ identification: string }>('SELECT identification FROM card_chip WHERE card = ?', card)
  if (known !== undefined) {
    if (known.identification !== seen) throw new Refusal('otherCard')
    return
  }
  try {
    await store.transaction((tx) => tx.run('INSERT INTO card_chip (card, identification) VALUES (?, ?)', card, seen))
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error
    // Registered already: for another card, or for this one by a call at the same time.
    const again = await store.get<{ card: string }>('SELECT card FROM card_chip WHERE identification = ?', seen)
    if (again?.card !== card) throw new Refusal('otherCard')
  }
}
