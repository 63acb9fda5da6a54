/**
 * The binding's sentences as reasons a person can act on. The binding throws a return code away and keeps its sentence, so the
 * sentence is the only key; the version is pinned, and a test reads the sentences there are out of the package.
 */
import type { ReaderTrouble } from '../../src/card/ports.ts'

type Explain = (reader: string) => ReaderTrouble

const serviceDown: Explain = () => ({ kind: 'serviceDown' })
const readerGone: Explain = (reader) => ({ kind: 'readerGone', reader })
const cancelled: Explain = () => ({ kind: 'cancelled' })
const cardReset: Explain = (reader) => ({ kind: 'cardReset', reader })
const communication =
  (detail: string): Explain =>
  (reader) => ({ kind: 'communication', reader, detail })
const unexpected =
  (code: number, detail: string): Explain =>
  () => ({ kind: 'unexpected', code, detail })

export const TROUBLES: Readonly<Record<string, Explain>> = {
  'PC/SC service not running': serviceDown,
  'PC/SC service stopped': serviceDown,
  'No readers available': () => ({ kind: 'noReader' }),
  'Unknown reader': readerGone,
  'Reader unavailable': readerGone,
  'Invalid handle': readerGone,
  'Card is not connected': readerGone,
  'Sharing violation': (reader) => ({ kind: 'inUse', reader }),
  'No smart card present': (reader) => ({ kind: 'noCard', reader }),
  'Card was removed': (reader) => ({ kind: 'cardGone', reader }),
  'Card is unresponsive': (reader) => ({ kind: 'mute', reader }),
  'Card was reset': cardReset,
  'Card is unpowered': cardReset,
  'Operation timed out': (reader) => ({ kind: 'deadline', reader }),
  'Operation cancelled': cancelled,
  'System cancelled operation': cancelled,
  'Transaction failed': communication('the card did not answer'),
  'Communication error': communication('the link to the reader failed'),
  'Reader not ready': communication('the reader is not ready'),
  'Protocol mismatch': unexpected(0x8010000f, 'the card speaks neither T=0 nor T=1'),
  'Card is not supported': unexpected(0x80100065, 'the reader cannot power this card'),
  'Unknown card type': unexpected(0x8010000d, 'the service does not know this card'),
  'Invalid ATR': unexpected(0x80100015, 'the card gave an ATR that is not valid'),
  'Insufficient buffer': unexpected(0x80100008, 'the answer is longer than 65538 bytes'),
  'Invalid parameter': unexpected(0x80100004, 'the service refused a parameter'),
  'Invalid value': unexpected(0x80100011, 'the service refused a value'),
  'Invalid target': unexpected(0x80100005, 'the service refused a target'),
  'Cannot dispose handle': unexpected(0x8010000e, 'the service could not release the card'),
  'PCI struct too small': unexpected(0x80100019, 'the protocol header is too small'),
  'Not enough memory': unexpected(0x80100006, 'the service is out of memory'),
  'Internal error': unexpected(0x80100001, 'the service met an internal error'),
}

/** `reader` is named in the trouble where it matters. */
export function troubleOf(sentence: string, reader: string): ReaderTrouble {
  const explain = Object.hasOwn(TROUBLES, sentence) ? TROUBLES[sentence] : undefined
  return explain?.(reader) ?? { kind: 'unexpected', code: 0, detail: sentence }
}
