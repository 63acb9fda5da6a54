/** Readers and a card of the program's own, for looking at it in a checkout. Everything here is simulated; never packaged. */
import { type TestReaders, virtualReaders } from '../../testkit/testkit.ts'

export async function simulatedReaders(reader: string, staffReader?: string): Promise<TestReaders['service']> {
  const readers = await virtualReaders({ [reader]: 'resident', ...(staffReader && { [staffReader]: null }) })
  return readers.service
}
