/** What this project uses of `@cornerstonejs/codec-openjpeg`, which ships no types. */
declare module '@cornerstonejs/codec-openjpeg/wasmjs' {
  interface FrameInfo {
    readonly width: number
    readonly height: number
    readonly bitsPerSample: number
    readonly componentCount: number
    readonly isSigned: boolean
  }
  interface J2KEncoder {
    /** A view into the codec's memory, to be filled with the samples. */
    getDecodedBuffer(frame: FrameInfo): Uint8Array
    /** Lossless or not, and how many quality layers. */
    setQuality(lossless: boolean, layers: number): void
    setCompressionRatio(layer: number, ratio: number): void
    encode(): void
    getEncodedBuffer(): Uint8Array
    delete(): void
  }
  interface OpenJpeg {
    readonly J2KEncoder: new () => J2KEncoder
  }
  const open: (options?: { print?: (line: string) => void; printErr?: (line: string) => void }) => Promise<OpenJpeg>
  export = open
}
