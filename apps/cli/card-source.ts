/** CARD on a command line: an image file or a profile, as a simulated card and a way to keep what happened to it. */
import { access, constants, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { makeCardImage, PROFILES, type ProfileName } from '../../applets-sim/factory/profiles.ts'
import type { CardImage } from '../../applets-sim/image.ts'
import { CardImageError, formatCardImage, parseCardImage } from '../../applets-sim/image-file.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { UsageError } from './command.ts'

export interface SourcedCard {
  readonly card: SimulatedCard
  /** The file or profile, for people. */
  readonly label: string
  /** Writes a changed card back to its file; does nothing for a profile, whose card is thrown away. */
  save(): Promise<void>
}

export const isProfile = (name: string): name is ProfileName => (PROFILES as readonly string[]).includes(name)

export interface CardOptions {
  /** Never write the file. */
  readonly discard?: boolean
  /** Which card of its profile this is, from 0: clients cache by serial, so every one gets a serial of its own. */
  readonly copy?: number
}

/** A profile's name, or else the path of an image file (`./resident` for a file of that name). Throws UsageError. */
export async function openCard(source: string, { discard = false, copy = 0 }: CardOptions = {}): Promise<SourcedCard> {
  if (isProfile(source)) return { card: await makeCard(source, copy), label: source, save: async () => {} }
  const { path, text } = await readImage(source)
  if (!discard) await demandWritable(source, path)
  const card = SimulatedCard.fromImage(parseImage(source, text))
  const loaded = card.memory.writes
  return {
    card,
    label: source,
    save: async () => {
      if (!discard && card.memory.writes > loaded) await replaceFile(path, text, formatCardImage(card.toImage()))
    },
  }
}

/** Told before anything happens to the card, not when its new state is to be kept. */
async function demandWritable(source: string, path: string): Promise<void> {
  try {
    await access(path, constants.W_OK)
    await access(dirname(path), constants.W_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(`what happens to the card cannot be kept in ${source} (${code}); --discard leaves it as it is`)
  }
}

async function makeCard(profile: ProfileName, copy: number): Promise<SimulatedCard> {
  if (copy === 0) return SimulatedCard.fromImage(await makeCardImage(profile))
  const serial = `99${String(1000 * copy + PROFILES.indexOf(profile) + 1).padStart(13, '0')}`
  return SimulatedCard.fromImage(await makeCardImage(profile, { serial }))
}

/** Throws UsageError. */
export async function readImage(source: string): Promise<{ readonly path: string; readonly text: string }> {
  try {
    const path = await realpath(source)
    return { path, text: await readFile(path, 'utf8') }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const profiles = `profiles are ${PROFILES.join(', ')}`
    if (code === 'ENOENT') throw new UsageError(`there is no card image file and no profile "${source}"; ${profiles}`)
    throw new UsageError(`the card image ${source} cannot be read (${code})`)
  }
}

/** Throws UsageError. */
export function parseImage(source: string, text: string): CardImage {
  try {
    return parseCardImage(text)
  } catch (error) {
    if (error instanceof CardImageError) throw new UsageError(`${source}: ${error.message}`)
    throw error
  }
}

/**
 * Old or new, never between: a temporary file beside it, on the disk before it takes the name. Refuses when somebody else
 * wrote the file since it was read: the new state then stays in the temporary file, which the error names.
 */
export async function replaceFile(path: string, read: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  try {
    const { mode } = await stat(path)
    await writeNewFile(temporary, text, mode & 0o777)
  } catch (error) {
    throw new Error(`${path} keeps its old state: it cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
  if ((await readFile(path, 'utf8')) !== read)
    throw new Error(`${path} was changed by somebody else; the card's new state is in ${temporary}`)
  await rename(temporary, path)
  const entry = await open(dirname(path))
  await entry.sync().finally(() => entry.close())
}

/** A file that was not there before: wholly on the disk, or gone again. */
export async function writeNewFile(path: string, text: string, mode = 0o666): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await file.writeFile(text)
    await file.sync()
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
}
