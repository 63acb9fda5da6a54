/** What a card manager tells without keys: its identification, its keys' versions, its protocols, its free memory. */

import type { Transmit } from '../../card/layers/layer.ts'
import {
  type CardData,
  type CplcField,
  type ExtendedResources,
  getData,
  type KeyInformation,
  parseCardData,
  parseCplc,
  parseExtendedResources,
  parseKeyInformation,
  TAG,
} from './get-data.ts'
import { perform } from './gp-command.ts'
import { GpError } from './gp-error.ts'
import { OPTION } from './scp03-session.ts'

/** Everything is absent that the card does not have, refuses to give, or gives in another form. */
export interface CardInfo {
  /** Issuer identification number, 42. */
  readonly issuerNumber?: Uint8Array
  /** Card image number, 45. */
  readonly imageNumber?: Uint8Array
  readonly cardData?: CardData
  readonly keys?: readonly KeyInformation[]
  readonly productionData?: Readonly<Record<CplcField, Uint8Array>>
  /** CF: what keys are diversified with. */
  readonly diversificationData?: Uint8Array
  /** C1: sequence counter of the default key set. */
  readonly sequenceCounter?: Uint8Array
  readonly resources?: ExtendedResources
}

const asIs = (value: Uint8Array) => value

const OBJECTS: { readonly [K in keyof CardInfo]-?: readonly [tag: number, parse: (value: Uint8Array) => CardInfo[K]] } =
  {
    issuerNumber: [TAG.ISSUER_NUMBER, asIs],
    imageNumber: [TAG.IMAGE_NUMBER, asIs],
    cardData: [TAG.CARD_DATA, parseCardData],
    keys: [TAG.KEY_INFORMATION, parseKeyInformation],
    productionData: [TAG.CPLC, parseCplc],
    diversificationData: [TAG.DIVERSIFICATION_DATA, asIs],
    sequenceCounter: [TAG.SEQUENCE_COUNTER, asIs],
    resources: [TAG.EXTENDED_RESOURCES, parseExtendedResources],
  }
const ALL = Object.keys(OBJECTS) as readonly (keyof CardInfo)[]

/** To be asked with the security domain selected, with or without a channel. Throws only what `transmit` throws. */
export async function readCardInfo(transmit: Transmit, wanted: readonly (keyof CardInfo)[] = ALL): Promise<CardInfo> {
  const found: [string, unknown][] = []
  for (const name of wanted) {
    const [tag, parse] = OBJECTS[name]
    const value = await readObject(transmit, tag)
    const parsed = value && parse(value)
    if (parsed) found.push([name, parsed])
  }
  return Object.fromEntries(found)
}

async function readObject(transmit: Transmit, tag: number): Promise<Uint8Array | null> {
  try {
    return await perform(transmit, getData(tag))
  } catch (error) {
    if (error instanceof GpError && error.problem.kind === 'refused') return null
    throw error
  }
}

/** Does the card say (66) that its SCP03 uses 16-byte challenges? Then INITIALIZE UPDATE must bring one. */
export async function offersS16(transmit: Transmit): Promise<boolean> {
  const { cardData } = await readCardInfo(transmit, ['cardData'])
  return cardData?.protocols.some(([protocol, options]) => protocol === 0x03 && (options & OPTION.S16) !== 0) ?? false
}
