/** 券面事項入力補助AP (facts 2.5): My Number and the basic four as text, their digests signed, the session-key delivery key. */
import { createHash } from 'node:crypto'
import { ascii, concat, utf8 } from '../../../src/base/bytes.ts'
import { fromHex } from '../../../src/base/hex.ts'
import { tlv, tlvLong } from '../../../src/base/tlv.ts'
import { municipalKey } from '../authority.ts'
import type { CardMaterial, Cells } from '../card-plan.ts'
import { cardPublicKey, cardTlv, keyReference } from '../card-verifiable.ts'
import { withOffsetTable } from './offset-table.ts'
import { pinCells } from './pin-cells.ts'
import { opaque, recordCertificate } from './visual-cells.ts'

const FILLER = 0xff
const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest())

/** An object in a file of a fixed physical size. */
function padded(object: Uint8Array, size: number): Uint8Array {
  const file = new Uint8Array(Math.max(size, object.length)).fill(FILLER)
  file.set(object)
  return file
}

export function textCells({ plan, keys }: CardMaterial): Cells {
  const { holder, serial } = plan
  const signer = municipalKey('text', holder.municipality.code).key
  const myNumber = padded(tlv(0xff10, ascii(holder.myNumber)), 17)
  const basicFour = [
    cardTlv(0xdf22, utf8(holder.name)),
    cardTlv(0xdf23, utf8(holder.address)),
    cardTlv(0xdf24, ascii(holder.birth)),
    cardTlv(0xdf25, ascii(holder.sex)),
  ]
  const digests = concat(tlv(0xdf31, sha256(myNumber)), tlv(0xdf32, sha256(concat(...basicFour))))
  const keyObject = cardTlv(0xdf51, cardPublicKey(keys.text))
  return {
    '0001': myNumber,
    '0002': withOffsetTable(0xff20, 0xdf21, basicFour, plan.longBasicFour),
    '0003': tlvLong(0xff30, digests, tlvLong(0xdf33, signer.sign(digests))),
    '0004': recordCertificate('text', holder.municipality.code),
    '0005': padded(
      tlvLong(
        0xff40,
        tlv(0xdf41, fromHex('01030E01')),
        tlv(0xdf42, keyReference('9000034/001')),
        tlvLong(0xdf43, padded(opaque(serial, 32), 128)),
      ),
      256,
    ),
    '0006': cardTlv(0xa1, cardPublicKey(keys.session)),
    '0007': tlvLong(0xff50, keyObject, tlvLong(0xdf52, signer.sign(keyObject))),
    '0008': new Uint8Array(16).fill(FILLER),
    '0006.key': keys.session.pkcs8,
    '0013.key': keys.text.pkcs8,
    ...pinCells(plan, '0011', 'text'),
    ...pinCells(plan, '0014', 'codeA'),
    ...pinCells(plan, '0015', 'codeB'),
  }
}
