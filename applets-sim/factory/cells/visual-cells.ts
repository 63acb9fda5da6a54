/** 券面事項確認AP (facts 2.4): what is printed on the card, signed by the municipality's key. */
import { constants, createHash, createPrivateKey, privateEncrypt } from 'node:crypto'
import { ascii, concat } from '../../../src/base/bytes.ts'
import { fromHex } from '../../../src/base/hex.ts'
import { tlvLong } from '../../../src/base/tlv.ts'
import { cvRoot, municipalKey } from '../authority.ts'
import type { CardMaterial, Cells } from '../card-plan.ts'
import { cardPublicKey, cardTlv, cardVerifiableCertificate, keyReference } from '../card-verifiable.ts'
import type { FactoryKey } from '../key-source.ts'
import { withOffsetTable } from './offset-table.ts'
import { pinCells } from './pin-cells.ts'

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest())

/** DigestInfo of SHA-256 that announces 96 octets: `30 71 30 0D … 04 60`. */
const THREE_DIGESTS = fromHex('3071300D060960864801650304020105000460')

/** PKCS #1 v1.5 over one DigestInfo that holds three SHA-256 values, one after another. */
function signThreeGroups({ pkcs8 }: FactoryKey, groups: readonly [Uint8Array, Uint8Array, Uint8Array]): Uint8Array {
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
  const payload = concat(THREE_DIGESTS, ...groups.map(sha256))
  return new Uint8Array(privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, payload))
}

/** The certificate of the key that signs a municipality's records in one of the two 券面 applications: EF 0004 of both. */
export function recordCertificate(chain: 'visual' | 'text', municipalityCode: string): Uint8Array {
  const root = cvRoot(chain)
  const subject = municipalKey(chain, municipalityCode)
  return cardVerifiableCertificate({
    certifier: root.reference,
    subject: subject.reference,
    subjectKey: subject.key,
    sign: root.key.sign,
  })
}

export function visualCells({ plan, keys, pictures }: CardMaterial): Cells {
  const { holder, cardExpiry } = plan
  const signer = municipalKey('visual', holder.municipality.code).key
  const publicKey = cardPublicKey(keys.visual)
  /** Objects, then a signature over all of them as they are written. */
  const signed = (tag: number, signatureTag: number, ...objects: readonly Uint8Array[]): Uint8Array => {
    const content = concat(...objects)
    return tlvLong(tag, content, tlvLong(signatureTag, signer.sign(content)))
  }
  const face = [
    cardTlv(0xdf22, ascii(holder.birth)),
    cardTlv(0xdf23, ascii(holder.sex)),
    cardTlv(0xdf24, publicKey),
    cardTlv(0xdf25, pictures.name),
    cardTlv(0xdf26, pictures.address),
    cardTlv(0xdf27, pictures.photo),
  ] as const
  const groups = [concat(face[0], face[1], face[2]), concat(face[3], face[4]), face[5]] as const
  return {
    '0001': signed(0xff10, 0xdf13, cardTlv(0xdf11, ascii(holder.birth)), cardTlv(0xdf12, publicKey)),
    '0002': withOffsetTable(0xff20, 0xdf21, [
      ...face,
      tlvLong(0xdf28, signThreeGroups(signer, groups)),
      cardTlv(0xdf29, ascii(cardExpiry)),
      cardTlv(0xdf2a, pictures.securityCode),
    ]),
    '0003': tlvLong(
      0xff30,
      cardTlv(0xdf31, fromHex('06030E01')),
      cardTlv(0xdf32, keyReference('9000024/001')),
      cardTlv(0xdf33, Uint8Array.of(0)),
      cardTlv(0xdf34, ascii(holder.municipality.code)),
      cardTlv(0xdf35, keyReference('9000024/001'), opaque(plan.serial, 256)),
    ),
    '0004': recordCertificate('visual', holder.municipality.code),
    '0005': signed(0xff40, 0xdf43, cardTlv(0xdf41, pictures.myNumber), cardTlv(0xdf42, publicKey)),
    '0006': new Uint8Array(16).fill(0xff),
    '001A.key': keys.visual.pkcs8,
    ...pinCells(plan, '0011', 'birth'),
    ...pinCells(plan, '0012', 'codeB'),
    ...pinCells(plan, '0013', 'codeA'),
  }
}

/** Octets without a meaning, in the place of those whose meaning is not public; the same for the same card. */
export const opaque = (serial: string, length: number): Uint8Array =>
  new Uint8Array(createHash('shake256', { outputLength: length }).update(`opaque ${serial}`).digest())
