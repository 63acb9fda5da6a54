/** What this project uses of the decoder of `@cornerstonejs/codec-openjpeg`, which ships no types. */
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  interface J2KDecoder {
    getEncodedBuffer(length: number): Uint8Array
    decode(): void
    /** All zeroes where nothing could be decoded. */
    getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number }
    /** A view of the decoder's own memory. */
    getDecodedBuffer(): Uint8Array
  }
  interface Decoding {
    readonly J2KDecoder: new () => J2KDecoder
    /** The memory of this instance. */
    readonly HEAPU8: Uint8Array
  }
  const open: (options?: { print?: (line: string) => void; printErr?: (line: string) => void }) => Promise<Decoding>
  export = open
}
