/** Which reader a command works with: the named one, or the only one with a card in it. */
import { ReaderError, type ReaderService, type ReaderState } from '../../src/card/ports.ts'
import { UsageError } from './command.ts'

/** Throws UsageError. */
export async function chooseReader(service: ReaderService, wanted: string | undefined): Promise<string> {
  const states = await readers(service)
  const names = states.map(({ name }) => JSON.stringify(name)).join(', ') || 'none'
  if (wanted !== undefined) {
    const found = states.find(({ name }) => name === wanted)
    if (found === undefined) throw new UsageError(`there is no reader ${JSON.stringify(wanted)}; there are: ${names}`)
    return found.name
  }
  const [only, ...others] = states.filter(({ card }) => card !== 'absent')
  if (only === undefined) throw new UsageError(`no reader has a card in it (readers: ${names}); or give --card`)
  if (others.length > 0) throw new UsageError(`several readers have a card; give --reader, one of: ${names}`)
  return only.name
}

const readers = (service: ReaderService): Promise<readonly ReaderState[]> =>
  service.list().catch((error: unknown) => {
    // No reader is a list of none here.
    if (error instanceof ReaderError && error.trouble.kind === 'noReader') return []
    throw error
  })
