/** For what a card may lack or refuse, and nobody minds. */
import { CardFault } from '../card/card-failure.ts'

/** Undefined where the card has a fault with it; anything else is thrown on. */
export async function orNothing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof CardFault) return undefined
    throw error
  }
}
