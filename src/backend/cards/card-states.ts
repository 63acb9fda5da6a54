/** Cards by serial through the states of F04 and after: who may move where, and by what proof (P5–P7). */
import { record } from '../audit/record.ts'
import type { Actor } from '../context.ts'
import { Refusal } from '../refusal.ts'
import type { Queries, Reads, Row } from '../store/store.ts'

/** 申請受付 → 発送 → 交付前設定済 → 交付済; then 一時停止 and 廃止. */
export const CARD_STATES = ['applied', 'dispatched', 'setUp', 'delivered', 'suspended', 'abolished'] as const
export type CardState = (typeof CARD_STATES)[number]

/** To each state, the states it may be entered from. A card set up for what the register no longer says is set up again. */
export const CARD_ENTERED_FROM: Readonly<Record<CardState, readonly CardState[]>> = {
  applied: [],
  dispatched: ['applied'],
  setUp: ['dispatched', 'setUp'],
  delivered: ['setUp', 'suspended'],
  suspended: ['delivered'],
  abolished: ['applied', 'dispatched', 'setUp', 'delivered', 'suspended'],
}

export interface CardRow extends Row {
  readonly serial: string
  readonly holder: string
  readonly municipality: string
  readonly state: CardState
  readonly state_at: number
  /** Last valid day, YYYYMMDD. */
  readonly expires: string
  readonly face_auth: number
  /** Version of the holder's register entry that the card was set up for. */
  readonly set_up_for: number | null
}

/** Throws `unknownCard`. */
export async function cardBySerial(store: Reads, serial: string): Promise<CardRow> {
  const card = await store.get<CardRow>('SELECT * FROM card WHERE serial = ?', serial)
  if (card === undefined) throw new Refusal('unknownCard')
  return card
}

export interface CardMove {
  readonly card: CardRow
  readonly to: CardState
  readonly by: Actor
  readonly at: number
  readonly setUpFor?: number
  readonly municipality?: string
}

/** Moves a card inside the transaction that read it. Throws `cardState` when the table has no such way. */
export async function moveCard(tx: Queries, { card, to, by, at, setUpFor, municipality }: CardMove): Promise<void> {
  if (!CARD_ENTERED_FROM[to].includes(card.state)) throw new Refusal('cardState', `${card.state} to ${to}`)
  const touched = await tx.run(
    'UPDATE card SET state = ?, state_at = ?, set_up_for = COALESCE(?, set_up_for), municipality = COALESCE(?, municipality) WHERE serial = ? AND state = ?',
    to,
    at,
    setUpFor ?? null,
    municipality ?? null,
    card.serial,
    card.state,
  )
  if (touched === 0) throw new Error('cards: a card moved inside the transaction that read it')
  const entry = { ...by, procedure: `card.${to}`, holder: card.holder, object: `card ${card.serial}`, result: 'done' }
  await record(tx, entry, at)
}
