/** The card a `gp` command works with: one in a real reader, or a simulated one. */
import { getResponse } from '../../../src/card/layers/get-response.ts'
import type { Transmit } from '../../../src/card/layers/layer.ts'
import { ReaderError, type ReaderService } from '../../../src/card/ports.ts'
import type { SourcedCard } from '../card-source.ts'
import { chooseReader } from '../choose-reader.ts'

export interface CardLink {
  /** For people: the reader's name, or the file's or profile's. */
  readonly name: string
  readonly simulated: boolean
  readonly transmit: Transmit
  /** Ends the transaction, or keeps what a simulated card has become. */
  close(): Promise<void>
}

/** A simulated card under power; kept, where it can be, when the link is closed. */
export function linkToChip({ card, label, save }: SourcedCard): CardLink {
  card.powerOn('contact')
  return {
    name: label,
    simulated: true,
    transmit: getResponse(async (apdu) => card.transmit(apdu)),
    async close() {
      card.powerOff()
      await save()
    },
  }
}

/** The named reader, or the only one with a card in it; held in one transaction until `close`, which also closes the service. */
export async function linkToReader(
  service: ReaderService,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<CardLink> {
  try {
    const reader = await chooseReader(service, wanted)
    const connection = await service.connect(reader, 'shared', signal)
    await connection.beginTransaction(signal)
    return {
      name: reader,
      simulated: false,
      transmit: getResponse((apdu) => connection.transmit(apdu, signal)),
      async close() {
        // A reset forgets the secure channel and whatever was selected. A card that has gone needs none.
        await connection.endTransaction('reset').catch(unlessReader)
        await connection.disconnect('leave').catch(unlessReader)
        await service.close()
      },
    }
  } catch (error) {
    await service.close()
    throw error
  }
}

const unlessReader = (error: unknown): void => {
  if (!(error instanceof ReaderError)) throw error
}
