/** From what a reader shows to the card's serial, which names it ever after (P6). */
import { record } from '../audit/record.ts'
import type { Actor, Context } from '../context.ts'
import { Refusal } from '../refusal.ts'
import type { CardRow } from './card-states.ts'

export type CardSign =
  /** Of a certificate read from the card, in whatever state it is by now. */
  | { readonly issuer: string; readonly serial: number }
  /** The ten bytes of identification (GET DATA 00CF), upper-case hexadecimal. */
  | { readonly chip: string }
  /** The serial in the free record of a card that no script has seen yet: what the card says of itself, proven by nothing. */
  | { readonly recorded: string }

/** Throws `unknownCard`. */
export async function findCard({ store, clock }: Context, sign: CardSign, by: Actor): Promise<CardRow> {
  const card =
    'recorded' in sign
      ? await store.get<CardRow>(
          'SELECT card.* FROM card WHERE serial = ? AND NOT EXISTS (SELECT 1 FROM card_chip WHERE card = serial)',
          sign.recorded,
        )
      : 'chip' in sign
        ? await store.get<CardRow>(
            'SELECT card.* FROM card JOIN card_chip ON card_chip.card = card.serial WHERE identification = ?',
            sign.chip,
          )
        : await store.get<CardRow>(
            `SELECT card.* FROM card JOIN cert ON cert.card = card.serial
           WHERE cert.issuer = ? AND cert.serial = ? AND cert.kind IN ('sign', 'auth')`,
            sign.issuer,
            sign.serial,
          )
  if (card === undefined) throw new Refusal('unknownCard')
  const { holder, serial } = card
  const result = 'chip' in sign ? 'by chip' : 'recorded' in sign ? 'by record' : 'by certificate'
  await store.transaction((tx) =>
    record(tx, { ...by, procedure: 'card.found', holder, object: `card ${serial}`, result }, clock.now()),
  )
  return card
}
