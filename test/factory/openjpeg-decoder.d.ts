/** What the tests use of the decoder of `@cornerstonejs/codec-openjpeg`, which ships no types. */
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  interface J2KDecoder {
    getEncodedBuffer(length: number): Uint8Array
    decode(): void
    getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number }
    getDecodedBuffer(): Uint8Array
  }
  const open: (options?: {
    print?: (line: string) => void
    printErr?: (line: string) => void
  }) => Promise<{ J2KDecoder: new () => J2KDecoder }>
  export = open
}
