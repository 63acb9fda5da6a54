/** One reader of several, as if it were the only one: a terminal leaves the cards on its neighbour's reader alone. */
import type { ReaderEvent, ReaderService } from '../card/ports.ts'

export function oneReader(readers: ReaderService, name: string): ReaderService {
  return {
    list: async () => (await readers.list()).filter((state) => state.name === name),
    async *watch(signal) {
      for await (const event of readers.watch(signal)) if ((readerOf(event) ?? name) === name) yield event
    },
    connect: (reader, mode, signal) => readers.connect(reader, mode, signal),
    close: () => readers.close(),
  }
}

/** Undefined for what concerns every reader. */
function readerOf(event: ReaderEvent): string | undefined {
  if (event.kind === 'trouble') return undefined
  return 'state' in event ? event.state.name : event.reader
}
