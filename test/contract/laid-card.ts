/** A simulated card of the factory on a reader in memory: the whole way from the library to the chip, without a program between. */
import assert from 'node:assert/strict'
import type { CardOverrides } from '../../applets-sim/factory/overrides.ts'
import { makeCardImage, type ProfileName } from '../../applets-sim/factory/profiles.ts'
import type { CardImage } from '../../applets-sim/image.ts'
import { seededRandom } from '../../applets-sim/os/seeded-random.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { asVirtualCard } from '../../apps/testkit/as-virtual-card.ts'
import { MemoryReaderService } from '../../drivers/virtual/memory/memory-service.ts'
import { ReaderBay } from '../../drivers/virtual/reader/reader-bay.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { Secret } from '../../src/base/secret.ts'
import { Card } from '../../src/card/card.ts'
import type { Outcome } from '../../src/card/card-failure.ts'
import type { CardOptions } from '../../src/card/card-seat.ts'
import type { TraceLine } from '../../src/card/layers/trace.ts'
import type { Transaction } from '../../src/card/transaction-hold.ts'

export const READER = 'Contract'

export interface LaidCard {
  readonly image: CardImage
  readonly chip: SimulatedCard
  readonly bay: ReaderBay
  readonly service: MemoryReaderService
  readonly card: Card
  /** Every command that reached the wire. */
  readonly trace: readonly TraceLine[]
  /** One transaction that must come about. */
  run<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
}

export interface LaidOptions extends CardOptions {
  readonly profile?: ProfileName
  readonly overrides?: CardOverrides
  /** Changes the finished image. */
  readonly image?: (image: CardImage) => CardImage
}

const made = new Map<string, Promise<CardImage>>()

/** Images are made once for each profile and set of overrides. */
function imageOf(profile: ProfileName, overrides: CardOverrides): Promise<CardImage> {
  const key = `${profile} ${JSON.stringify(overrides)}`
  const image = made.get(key) ?? makeCardImage(profile, overrides)
  made.set(key, image)
  return image
}

export async function layCard(options: LaidOptions = {}): Promise<LaidCard> {
  const { profile = 'resident', overrides = {}, image: change = (same) => same, ...cardOptions } = options
  const image = change(await imageOf(profile, overrides))
  const chip = SimulatedCard.fromImage(image, { random: seededRandom('contract') })
  const bay = new ReaderBay()
  bay.plug(READER).insert(asVirtualCard(chip, profile))
  const service = new MemoryReaderService(bay)
  const trace: TraceLine[] = []
  const card = came(await Card.open(service, READER, { trace: (line) => trace.push(line), ...cardOptions }))
  return {
    image,
    chip,
    bay,
    service,
    card,
    trace,
    run: async (work) => came(await card.transaction(work)),
  }
}

export function came<T>(outcome: Outcome<T>): T {
  assert.equal(outcome.kind, 'ok', JSON.stringify(outcome))
  return (outcome as { value: T }).value
}

/** A PIN as a person types it. */
export const typed = (text: string): Secret => new Secret(utf8(text))

/** An ASCII cell of the image. */
export const cellText = (image: CardImage, application: string, cell: string): string =>
  Buffer.from(image.cells[application]?.[cell] ?? '', 'hex').toString('ascii')

export const cellBytes = (image: CardImage, application: string, cell: string): Uint8Array =>
  new Uint8Array(Buffer.from(image.cells[application]?.[cell] ?? '', 'hex'))

/** How many commands with this instruction reached the wire; `withData` counts those that carry some. */
export const sent = ({ trace }: Pick<LaidCard, 'trace'>, ins: number, withData = false): number =>
  trace.filter((line) => line.ins === ins && (!withData || line.lc > 0)).length
