/** The journal of a terminal as one file of lines, on the disk before a card is written. */
import { open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { JournalStore } from '../../../src/host/journal-store.ts'

/** Calls do not overlap: the journal waits for each. */
export function fileJournal(path: string): JournalStore {
  return {
    async read() {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return ''
        throw error
      })
      // What stands after the last line's end was cut off by a loss of power: it was never written.
      return text.split('\n').slice(0, -1)
    },
    append: (line) => write(path, 'a', async (file) => file.appendFile(`${line}\n`)),
    async replace(lines) {
      const half = `${path}.new`
      await write(half, 'w', async (file) => file.writeFile(lines.map((line) => `${line}\n`).join('')))
      await rename(half, path)
      await syncFolder(dirname(path))
    },
  }
}

type File = Awaited<ReturnType<typeof open>>

async function write(path: string, flags: string, work: (file: File) => Promise<void>): Promise<void> {
  const file = await open(path, flags, 0o600)
  try {
    await work(file)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Only then the new name survives a loss of power. Windows keeps names by itself and cannot open a folder. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path)
  await folder.sync().finally(() => folder.close())
}
