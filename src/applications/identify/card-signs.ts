/** What is free to read of a card and says which one it is among those of its kind. */
import { hex } from '../../base/hex.ts'
import type { Transaction } from '../../card/transaction-hold.ts'
import { CardManagerSession } from '../card-manager/card-manager-session.ts'
import { CommonSession } from '../common/common-session.ts'
import { readCardInfo } from '../globalplatform/card-info.ts'
import { JpkiSession } from '../jpki/jpki-session.ts'
import { orNothing } from '../or-nothing.ts'

export interface CardSigns {
  /** Ten bytes of identification, hexadecimal. */
  readonly chip?: string
  /** For 利用者証明, DER. */
  readonly certificate?: Uint8Array
  /** Serial of the 共通カードAP's free record. */
  readonly recorded?: string
}

const CHIP_BYTES = 10

/** Spends no try; what a card does not have is missing. */
export async function readCardSigns(tx: Transaction): Promise<CardSigns> {
  const chip = await readChip(tx)
  const certificate = await orNothing(async () => (await JpkiSession.open(tx)).certificate('auth'))
  const record = await orNothing(async () => (await CommonSession.open(tx)).cardRecord())
  return {
    ...(chip !== undefined && { chip }),
    ...(certificate?.kind === 'read' && { certificate: certificate.bytes }),
    ...(record !== undefined && { recorded: record.serial }),
  }
}

/** The ten bytes of a chip's identification (GET DATA 00CF), hexadecimal: of the chip, not of a person. */
export async function readChip(tx: Transaction): Promise<string | undefined> {
  const chip = await orNothing(async () => {
    await CardManagerSession.open(tx)
    return (await readCardInfo(tx.raw('card-manager: GET DATA'), ['diversificationData'])).diversificationData
  })
  return chip?.length === CHIP_BYTES ? hex(chip) : undefined
}
