/** Which transmission protocols an ATR offers (ISO/IEC 7816-3:2006, 8.2.3), as a mask of SCARD_PROTOCOL_T0 and _T1. */
import { PROTOCOL } from './scard.ts'

export function protocolsOfAtr(atr: Uint8Array): number {
  let offered = 0
  let at = 2
  let y = (atr[1] ?? 0) >> 4
  while ((y & 8) !== 0) {
    at += (y & 1) + ((y >> 1) & 1) + ((y >> 2) & 1)
    const td = atr[at++]
    if (td === undefined) break
    if ((td & 0x0f) === 0) offered |= PROTOCOL.T0
    if ((td & 0x0f) === 1) offered |= PROTOCOL.T1
    y = td >> 4
  }
  return offered === 0 ? PROTOCOL.T0 : offered
}

/** The protocol a reader sets up: T=1 when both sides can, then T=0; 0 when they have none in common. */
export function chooseProtocol(atr: Uint8Array, preferred: number): number {
  const common = protocolsOfAtr(atr) & ((preferred & PROTOCOL.ANY_OLD) !== 0 ? PROTOCOL.ANY : preferred)
  if ((common & PROTOCOL.T1) !== 0) return PROTOCOL.T1
  return common & PROTOCOL.T0
}
