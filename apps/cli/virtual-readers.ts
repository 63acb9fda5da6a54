/** Virtual readers with simulated cards behind a PC/SC service: what `run` and `readers` have in common. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SuppliedCard } from '../../drivers/virtual/control/card-supply.ts'
import { ControlDesk } from '../../drivers/virtual/control/desk.ts'
import { ReaderBay } from '../../drivers/virtual/reader/reader-bay.ts'
import { PcscService } from '../../drivers/virtual/service/pcsc-service.ts'
import { asVirtualCard } from '../testkit/as-virtual-card.ts'
import { openCard } from './card-source.ts'
import { UsageError } from './command.ts'

/** What `--reader NAME[=CARD]` says. */
export interface ReaderChoice {
  readonly name: string
  readonly card: string | undefined
}

export const DEFAULT_READER: ReaderChoice = { name: 'Madoguchi', card: 'resident' }

/** Without any `--reader` there is one, with a resident's card in it. */
export function readerChoices(options: readonly string[] | undefined): readonly ReaderChoice[] {
  if (options === undefined) return [DEFAULT_READER]
  return options.map((option) => {
    const at = option.indexOf('=')
    const name = at < 0 ? option : option.slice(0, at)
    const card = at < 0 ? undefined : option.slice(at + 1)
    if (name === '' || card === '') throw new UsageError(`--reader takes NAME or NAME=CARD, not "${option}"`)
    return { name, card }
  })
}

export class VirtualReaders {
  readonly bay: ReaderBay
  readonly desk: ControlDesk
  readonly service: PcscService
  /** A folder of this run alone, gone when it is closed. */
  readonly folder: string

  private constructor(bay: ReaderBay, desk: ControlDesk, service: PcscService, folder: string) {
    this.bay = bay
    this.desk = desk
    this.service = service
    this.folder = folder
  }

  /** Throws UsageError for readers and cards that cannot be. `socket` is the service's path; by default in the folder. */
  static async open(
    choices: readonly ReaderChoice[],
    options: { discard: boolean; socket?: string | undefined },
  ): Promise<VirtualReaders> {
    if (process.platform !== 'linux')
      throw new UsageError('the PC/SC service works on Linux only; elsewhere use real readers or the testkit in memory')
    const copies = new Map<string, number>()
    const load = async (source: string): Promise<SuppliedCard> => {
      const copy = copies.get(source) ?? 0
      copies.set(source, copy + 1)
      const { card, label, save } = await openCard(source, { discard: options.discard, copy })
      return { card: asVirtualCard(card, label), save }
    }
    const bay = new ReaderBay()
    const desk = new ControlDesk(bay, { load })
    for (const { name, card } of choices) {
      usable(() => bay.plug(name))
      if (card !== undefined) desk.lay(name, await load(card), 'contact')
    }
    const folder = await mkdtemp(join(tmpdir(), 'madoguchi-'))
    try {
      const service = await PcscService.listen(bay, options.socket ?? join(folder, 'pcsc'))
      return new VirtualReaders(bay, desk, service, folder)
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw new UsageError(error instanceof Error ? error.message : String(error))
    }
  }

  /** Ends the service and saves what is to be kept. */
  async close(): Promise<void> {
    await this.service.close()
    this.bay.close()
    await rm(this.folder, { recursive: true, force: true })
    await this.desk.saveAll()
  }
}

function usable(plug: () => void): void {
  try {
    plug()
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message)
    throw error
  }
}
