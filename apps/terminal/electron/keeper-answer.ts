/**
 * The way back to a second program: the lock carries its wish to the first one and nothing the other way, so the answer is one word in a
 * file of the folder that both have, and that only their account can read.
 */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { writeWhole } from '../write-whole.ts'
import { KEEPER_ANSWERS, type KeeperAnswer } from './keeper-wish.ts'

const answered = z.strictObject({ id: z.uuid(), answer: z.enum(KEEPER_ANSWERS) })
const LOOK_MS = 100

const fileIn = (folder: string) => join(folder, 'keeper-answer')

export async function giveAnswer(folder: string, id: string, answer: KeeperAnswer): Promise<void> {
  await writeWhole(fileIn(folder), JSON.stringify({ id, answer }))
}

/** Waits for the answer to this wish; `noAnswer` when it does not come in time. */
export async function awaitAnswer(folder: string, id: string, patienceMs: number): Promise<KeeperAnswer> {
  const end = performance.now() + patienceMs
  for (;;) {
    const found = await look(folder)
    if (found?.id === id) {
      await rm(fileIn(folder), { force: true })
      return found.answer
    }
    if (performance.now() >= end) return 'noAnswer'
    await delay(LOOK_MS)
  }
}

async function look(folder: string) {
  try {
    return answered.safeParse(JSON.parse(await readFile(fileIn(folder), 'utf8'))).data
  } catch {
    // None yet, or none of ours.
    return undefined
  }
}
