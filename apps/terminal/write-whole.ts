/** A file that takes the place of an earlier one, also when the power fails on the way. */
import { open, rename, rm } from 'node:fs/promises'

/** Readable by this account alone, whole or not at all; `wx` goes through nobody's link, and the new name replaces one that somebody laid there. */
export async function writeWhole(path: string, data: string | Uint8Array): Promise<void> {
  const half = `${path}.new`
  await rm(half, { force: true })
  try {
    const file = await open(half, 'wx', 0o600)
    try {
      await file.writeFile(data)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(half, path)
  } catch (error) {
    await rm(half, { force: true }).catch(() => {})
    throw error
  }
}
