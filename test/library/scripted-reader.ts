/** A reader whose card is a function: what a test wants a card to say, and to fail with. */

import { hex } from '../../src/base/hex.ts'
import { CardQueue } from '../../src/card/card-queue.ts'
import type { CardOptions, CardSeat } from '../../src/card/card-seat.ts'
import { type Command, decodeCommand } from '../../src/card/command.ts'
import type { CardConnection, Disposition, ReaderService } from '../../src/card/ports.ts'
import { type TransactionOptions, transaction } from '../../src/card/transaction.ts'
import type { Transaction } from '../../src/card/transaction-hold.ts'

export type Answer = (command: Command, bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>

export class ScriptedConnection implements CardConnection {
  readonly reader = 'Scripted'
  readonly atr = new Uint8Array([0x3b, 0x00])
  readonly protocol = 'T=1'
  /** What happened, in order: `begin`, `00200080`, `end leave`, … */
  readonly log: string[] = []
  answer: Answer
  onBegin: () => Promise<void> = async () => {}

  constructor(answer: Answer) {
    this.answer = answer
  }

  async transmit(command: Uint8Array): Promise<Uint8Array> {
    this.log.push(hex(command))
    const decoded = decodeCommand(command)
    if (decoded === undefined) throw new Error(`not a command: ${hex(command)}`)
    return await this.answer({ ...decoded, data: decoded.data.slice() }, command)
  }
  async beginTransaction(): Promise<void> {
    this.log.push('begin')
    await this.onBegin()
  }
  async endTransaction(disposition: Disposition): Promise<void> {
    this.log.push(`end ${disposition}`)
  }
  async reconnect(): Promise<Uint8Array> {
    this.log.push('reconnect')
    return this.atr
  }
  features = async () => ({ verify: false, modify: false })
  verifyOnPinPad = async (): Promise<Uint8Array> => {
    throw new Error('no keypad')
  }
  async disconnect(): Promise<void> {
    this.log.push('disconnect')
  }
}

/** A card in a scripted reader. */
export function scripted(answer: Answer, options: CardOptions = {}) {
  const connection = new ScriptedConnection(answer)
  const seat: CardSeat = { connection, queue: new CardQueue(), options }
  const run = <T>(work: (tx: Transaction) => Promise<T>, how?: TransactionOptions) => transaction(seat, work, how)
  return { connection, queue: seat.queue, run }
}

export const sw = (word: number): Uint8Array => Uint8Array.of(word >> 8, word & 0xff)

/** A service with one reader, where only `connect` matters. */
export const serviceOf = (connection: CardConnection): ReaderService => ({
  list: async () => [],
  watch: async function* () {},
  connect: async () => connection,
  close: async () => {},
})
