/** The simulated town of `npm start`: a backend, cards on virtual readers, kiosk, counter, phone and desk. */
import { join } from 'node:path'
import { makeFolder, makeUsableFolder } from '../../src/backend/store/make-folder.ts'
import { openSimulatedTerminal, type SimulatedTerminal } from '../browser-host/simulated-terminal.ts'
import type { Comparing } from '../faces/comparing.ts'
import { type TestReaders, virtualReaders } from '../testkit/testkit.ts'
import { openWorld, type World } from '../world/world.ts'
import { READERS } from './readers.ts'

export interface Town {
  readonly readers: TestReaders
  readonly terminal: SimulatedTerminal
  /** Addresses of the pages, each good for one browser. */
  readonly pages: readonly string[]
  close(): Promise<void>
}

export interface TownOptions {
  readonly data: string | undefined
  /** The kiosk's, by another name. */
  readonly reader?: string | undefined
  /** At night, as real ones (F22b). */
  readonly kiosksRest: boolean
  readonly port: number
  /** How the phone app compares faces. */
  readonly comparing: Comparing
  readonly progress: (done: number, of: number) => void
}

/** Throws `StoreRefused` when another process has the data. */
export async function openTown({
  data,
  reader = READERS.kiosk,
  kiosksRest,
  port,
  comparing,
  progress,
}: TownOptions): Promise<Town> {
  const kept = data === undefined ? {} : { data: join(data, 'town') }
  const places = [reader, READERS.counter, READERS.staff, READERS.phone]
  if ('staffReader' in comparing) places.push(comparing.staffReader)
  const journals = data === undefined ? undefined : join(data, 'terminals')
  const diagnostics = data === undefined ? undefined : join(data, 'diagnostics')
  if (data !== undefined) makeUsableFolder(data)
  for (const folder of [journals, diagnostics]) if (folder !== undefined) makeFolder(folder)
  const opened: { close(): Promise<void> }[] = []
  const close = async () => {
    for (const one of opened.splice(0).reverse()) await one.close()
  }
  const closing = <T extends { close(): Promise<void> }>(one: T): T => {
    opened.push(one)
    return one
  }
  try {
    const world: World = closing(await openWorld({ ...kept, kiosksRest, progress }))
    const readers = closing(await virtualReaders(Object.fromEntries(places.map((place) => [place, null]))))
    const terminal = closing(
      await openSimulatedTerminal({
        ...{ readers, reader, world, port },
        counter: { reader: READERS.counter, staffReader: READERS.staff },
        phone: { reader: READERS.phone, face: comparing },
        ...(journals !== undefined && { journals }),
        ...(diagnostics !== undefined && { diagnostics }),
      }),
    )
    const pages = [...terminal.desk.state.pages, 'desk'].map((page) => terminal.door.url(`${page}/`))
    return { readers, terminal, pages, close }
  } catch (error) {
    await close()
    throw error
  }
}
