/** 共通カードAP and 住基AP (facts 2.2, 2.3): records in simple TLV, the PIN-less key, the two halves of the 住民基本台帳用暗証番号. */
import { ascii, concat } from '../../../src/base/bytes.ts'
import { type CardMaterial, type CardPlan, type Cells, commonRecord } from '../card-plan.ts'
import { keyReference } from '../card-verifiable.ts'
import { pinCells } from './pin-cells.ts'

/** Simple TLV of JICSAP 4.4.1 with a one-octet length. */
const record = (tag: number, value: Uint8Array): Uint8Array => concat(Uint8Array.of(tag, value.length), value)

const KEY_REFERENCE = record(0x01, keyReference('9000011/001'))

export const commonCells = ({ plan, keys }: CardMaterial): Cells => ({
  '0001/01': record(0x01, ascii(commonRecord(plan))),
  '0002/01': KEY_REFERENCE,
  '0019.key': keys.common.pkcs8,
  ...pinCells(plan, '001C', 'juki'),
})

/** The 住民票コード in EF 0001 is the chip's assumption: no citizen credential opens it. */
export const jukiCells = (plan: CardPlan): Cells => ({
  '0001': ascii(plan.holder.residentCode),
  '0002/01': KEY_REFERENCE,
  ...pinCells(plan, '001C', 'juki'),
})
