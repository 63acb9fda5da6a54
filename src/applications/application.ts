/** Selecting an application by its AID (facts 1.5, 2.1). */
import { fromHex } from '../base/hex.ts'
import { CardFault } from '../card/card-failure.ts'
import { command } from '../card/command.ts'
import { SW } from '../card/status-word.ts'
import type { Channel } from '../card/transaction-hold.ts'

/** Names in labels and failures, and AIDs. */
export const APPLICATIONS = {
  'card-manager': fromHex('A0000001510000'),
  common: fromHex('D3921000310001010100'),
  juki: fromHex('D3921000310001010401'),
  visual: fromHex('D3921000310001010402'),
  text: fromHex('D3921000310001010408'),
  jpki: fromHex('D392F000260100000001'),
  licence: fromHex('A0000002310600000000000000000000'),
} as const
export type ApplicationName = keyof typeof APPLICATIONS

export type Selection = 'selected' | 'locked' | 'absent'

const SELECT = 0xa4
const BY_NAME = 0x04
const NO_RESPONSE_DATA = 0x0c
/** What cards answer that have no such application, or know no applications at all. */
const ABSENT: ReadonlySet<number> = new Set([
  SW.NOT_FOUND,
  SW.FUNCTION_NOT_SUPPORTED,
  SW.WRONG_P1P2,
  SW.INS_NOT_SUPPORTED,
  SW.CLA_NOT_SUPPORTED,
])

/** Makes the application current. Other refusals are faults. */
export async function select(channel: Channel, name: string, aid: Uint8Array): Promise<Selection> {
  const label = `${name}: SELECT`
  const again = () => channel.send(label, command(0x00, SELECT, BY_NAME, NO_RESPONSE_DATA, { data: aid }))
  let { sw } = await again()
  // One measured card answers the first command after power-up so, whatever it is (facts 1.9).
  if (sw === SW.SELF_DIAGNOSIS) sw = (await again()).sw
  if (sw === SW.OK) return 'selected'
  if (sw === SW.DF_LOCKED) return 'locked'
  if (ABSENT.has(sw)) return 'absent'
  throw new CardFault({ kind: 'refused', label, sw })
}

/** Makes it current, or throws the fault that it is missing or locked. */
export async function enter(channel: Channel, name: ApplicationName): Promise<void> {
  const selection = await select(channel, name, APPLICATIONS[name])
  if (selection === 'selected') return
  throw new CardFault({
    kind: selection === 'locked' ? 'applicationLocked' : 'applicationMissing',
    application: name,
  })
}
