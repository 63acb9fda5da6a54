/** Lines of text that survive the end of this process. A line that was not written to its end is not there. */
export interface JournalStore {
  /** Every whole line, oldest first. */
  read(): Promise<readonly string[]>
  /** Settles when the line would survive a power cut. */
  append(line: string): Promise<void>
  /** Puts these in the place of all there is: before or after, never between. */
  replace(lines: readonly string[]): Promise<void>
}

/** For a terminal that forgets: tests, and demonstrations on simulated cards. */
export function memoryJournalStore(lines: string[] = []): JournalStore {
  return {
    read: async () => [...lines],
    async append(line) {
      lines.push(line)
    },
    async replace(others) {
      lines.splice(0, lines.length, ...others)
    },
  }
}
