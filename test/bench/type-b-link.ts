/**
 * How long a dialogue would take on a contactless reader: a model, not a measurement. Every constant has its mark – [14443] ISO/IEC 14443-3
 * and -4, [facts] a row of the facts, [D] ours, in the middle of what data sheets of such chips say.
 */

/** kbit/s, the fastest that the observed ATQBs offer [facts 1.1]. */
const RATE = 424
/** Bits a byte: start, eight, stop [14443-3, 7.1.2]; extra guard time 1 [D]. */
const BITS = 11
/** SOF, EOF and the turnaround TR0 + TR1 in milliseconds, each way [14443-3, 7.1.4 and 7.10; D]. */
const FRAME_MS = 0.25
/** PCB and CRC_B [14443-4, 7.1]. */
const FRAME_BYTES = 3
/** Longest frame [facts 1.1]. */
const LONGEST_FRAME = 256
/** The chip looks at a command and begins to answer [D]. */
const COMMAND_MS = 3
/** One page of EEPROM or flash erased and written [D]; our chip counts one for each value it makes persistent. */
const WRITE_MS = 4
/** RSA-2048 with CRT on the coprocessor [D]; GENERATE is a matter of luck and means of many. */
const SIGN_MS = 250
const GENERATE_MS = 6_000
/** USB and the PC/SC service, there and back [D]. */
const READER_MS = 1.5

const SIGNS = new Set([0x2a, 0x88])
const GENERATES = 0x47

export interface Exchange {
  readonly ins: number
  readonly sent: number
  readonly received: number
  readonly writes: number
}

export function linkMs({ ins, sent, received, writes }: Exchange): number {
  const work = COMMAND_MS + WRITE_MS * writes + (SIGNS.has(ins) ? SIGN_MS : 0) + (ins === GENERATES ? GENERATE_MS : 0)
  return READER_MS + way(sent) + work + way(received)
}

/** Long ones go in blocks, each with its acknowledgement. */
function way(bytes: number): number {
  const blocks = Math.max(1, Math.ceil(bytes / (LONGEST_FRAME - FRAME_BYTES)))
  const onAir = bytes + blocks * FRAME_BYTES + (blocks - 1) * FRAME_BYTES
  return (onAir * BITS) / RATE + FRAME_MS * (2 * blocks - 1)
}
