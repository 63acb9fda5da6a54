/** What a card manager tells without keys: its identification, its keys' versions, its protocols, its free memory. */
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
import { perform, type Transmit } from './gp-command.ts'
import { GpError } from './gp-error.ts'

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

/** To be asked with the security domain selected, with or without a channel. Throws only what `transmit` throws. */
export async function readCardInfo(transmit: Transmit): Promise<CardInfo> {
  const read = async <T>(tag: number, parse: (value: Uint8Array) => T | undefined): Promise<T | undefined> => {
    try {
      const value = await perform(transmit, getData(tag))
      return value === null ? undefined : parse(value)
    } catch (error) {
      if (error instanceof GpError && error.problem.kind === 'refused') return undefined
      throw error
    }
  }
  const asIs = (value: Uint8Array) => value
  const found = {
    issuerNumber: await read(TAG.ISSUER_NUMBER, asIs),
    imageNumber: await read(TAG.IMAGE_NUMBER, asIs),
    cardData: await read(TAG.CARD_DATA, parseCardData),
    keys: await read(TAG.KEY_INFORMATION, parseKeyInformation),
    productionData: await read(TAG.CPLC, parseCplc),
    diversificationData: await read(TAG.DIVERSIFICATION_DATA, asIs),
    sequenceCounter: await read(TAG.SEQUENCE_COUNTER, asIs),
    resources: await read(TAG.EXTENDED_RESOURCES, parseExtendedResources),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}
