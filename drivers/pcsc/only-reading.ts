/**
 * Readers whose cards are only read: nothing is written, no try of a PIN or key is spent, no PIN is used. How a program that is tried out
 * is kept from harming somebody's real card; what may pass is listed, everything else is refused before it reaches the reader.
 */
import { type CardConnection, ReaderError, type ReaderService } from '../../src/card/ports.ts'

export function onlyReading(readers: ReaderService): ReaderService {
  return {
    list: () => readers.list(),
    watch: (signal) => readers.watch(signal),
    connect: async (reader, mode, signal) => guarded(await readers.connect(reader, mode, signal)),
    close: () => readers.close(),
  }
}

function guarded(card: CardConnection): CardConnection {
  const refuse = () => new ReaderError({ kind: 'onlyReading', reader: card.reader })
  return {
    reader: card.reader,
    atr: card.atr,
    protocol: card.protocol,
    transmit: async (command, signal) => {
      if (!onlyReads(command)) throw refuse()
      return card.transmit(command, signal)
    },
    beginTransaction: (signal) => card.beginTransaction(signal),
    endTransaction: (disposition) => card.endTransaction(disposition),
    reconnect: (disposition) => card.reconnect(disposition),
    features: () => card.features(),
    verifyOnPinPad: async () => {
      throw refuse()
    },
    disconnect: (disposition) => card.disconnect(disposition),
  }
}

/** ISO/IEC 7816-4: MANAGE CHANNEL, GET CHALLENGE, SELECT, READ BINARY, READ RECORD, GET RESPONSE, GET DATA. Even instructions and odd. */
const READING = new Set([0x70, 0x84, 0xa4, 0xb0, 0xb1, 0xb2, 0xb3, 0xc0, 0xca, 0xcb])
const VERIFY = 0x20
/** PC/SC part 3, 3.2.2.1: the reader's own commands; GET DATA gives a contactless card's identifier. */
const [READERS_CLASS, READERS_GET_DATA] = [0xff, 0xca]

/** A VERIFY without data asks how many tries are left and spends none (facts 3.2). */
export function onlyReads(command: Uint8Array): boolean {
  const [cla, ins] = command
  if (cla === undefined || ins === undefined || command.length < 4) return false
  if (cla === READERS_CLASS) return ins === READERS_GET_DATA
  if (ins === VERIFY) return command.length === 4
  return READING.has(ins)
}
