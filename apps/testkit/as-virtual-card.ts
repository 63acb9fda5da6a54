/** The joint of chip and reader: neither room knows the other. */
import type { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import type { VirtualCard } from '../../drivers/virtual/reader/virtual-card.ts'

/** A simulated card as the bay takes it, with all the hooks the bay can use. */
export function asVirtualCard(card: SimulatedCard, label: string): VirtualCard {
  return {
    chip: card,
    label,
    planPowerCut: ({ write, at }) => card.memory.planCut({ write: card.memory.writes + write, at }),
    snapshot: () => card.snapshot(),
    restore: (snapshot) => card.restore(snapshot as ReturnType<SimulatedCard['snapshot']>),
  }
}
