/** LOAD (GPCS 2.3.1, 11.6): the load file in blocks. */
import { concat } from '../../base/bytes.ts'
import { tlv } from '../../base/tlv.ts'
import { parseConfirmation } from './confirmation.ts'
import { type GpCommand, gpCommand } from './gp-command.ts'
import type { InstallAnswer } from './install.ts'

/** A signature over the load file data block's hash, for the security domain with DAP privilege that verifies it (11.6.2.3). */
export interface DapBlock {
  readonly domain: Uint8Array
  readonly signature: Uint8Array
}

/** DAP blocks `E2{4F, C3}` first, then the load file data block `C4`. */
export const loadFile = (dataBlock: Uint8Array, daps: readonly DapBlock[] = []): Uint8Array =>
  concat(...daps.map((dap) => tlv(0xe2, tlv(0x4f, dap.domain), tlv(0xc3, dap.signature))), tlv(0xc4, dataBlock))

const LOAD = {
  name: 'LOAD',
  section: 'GPCS 11.6',
  ins: 0xe8,
  meanings: [
    [
      0x6a80,
      'the card refuses the load file',
      'The CAP file is not valid for this card: AID, version, size or an import is wrong.',
    ],
    [0x6a84, 'not enough memory', 'Delete packages that are no longer needed, or raise the domain’s quota.'],
    [0x6985, 'no load is going on', 'Start again with INSTALL [for load].'],
    [0x6982, 'DAP verification failed', 'The signature of the load file, or its key on the card, is wrong.'],
    [0x6a88, 'an imported package is not on the card', 'Load the package it imports first.'],
  ],
} as const

/** The commands, at most `blockSize` bytes each; the last one has P1 80. After block FF the number begins again at 00. */
export function loadCommands(file: Uint8Array, blockSize: number): readonly GpCommand<InstallAnswer>[] {
  const count = Math.ceil(file.length / blockSize)
  return Array.from({ length: count }, (_, i) => {
    const data = file.subarray(i * blockSize, (i + 1) * blockSize)
    return gpCommand(LOAD, i === count - 1 ? 0x80 : 0x00, i & 0xff, { data, ne: 0x100 }, (answer) =>
      parseConfirmation(answer.data),
    )
  })
}
