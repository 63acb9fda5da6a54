/** One shape from the application down to the reader: bytes in, bytes out. Everything else wraps that. */

/** One command APDU each way. Rejects with `ReaderError` when no answer came. */
export type Transmit = (apdu: Uint8Array) => Promise<Uint8Array>

export type Layer = (next: Transmit) => Transmit

/** The first layer stands next to the wire. */
export const stack = (wire: Transmit, ...layers: readonly Layer[]): Transmit =>
  layers.reduce((next, layer) => layer(next), wire)
