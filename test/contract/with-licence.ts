/** A card on which the police have written a licence whose holder set no PIN (facts 2.8). Its content is invented. */
import type { CardImage } from '../../applets-sim/image.ts'
import { ascii, concat } from '../../src/base/bytes.ts'
import { hex } from '../../src/base/hex.ts'
import { tlv } from '../../src/base/tlv.ts'

export const withLicence = (image: CardImage): CardImage => ({
  ...image,
  cells: {
    ...image.cells,
    licence: {
      '0006.pin': hex(ascii('****')),
      '0006.tries': '0A',
      '0006.limit': '0A',
      '001A': 'C10100',
      '001B': hex(concat(tlv(0xc2, ascii('20250324')), tlv(0xc5, ascii('5120331')), tlv(0xca, new Uint8Array(2500)))),
      '001C': hex(tlv(0xdf08, new Uint8Array(256))),
    },
  },
})
