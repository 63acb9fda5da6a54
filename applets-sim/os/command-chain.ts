/** Command chaining (ISO/IEC 7816-4:2020, 5.3.3): announced by the DA generation alone (facts 1.3, 1.4). */
import { concat, EMPTY } from '../../src/base/bytes.ts'
import type { Command } from '../../src/card/command.ts'
import { SW } from '../../src/card/status-word.ts'

const CHAINED = 0x10
/** Room for what arrives: the longest command data field there is. */
const CAPACITY = 0xffff

export class CommandChain {
  #first: Command | undefined
  #data: Uint8Array = EMPTY

  /** The whole command when this is its last part; 9000 for a part before it; 6883 when it does not belong to the chain. */
  add(command: Command): Command | number {
    const first = this.#first
    if (first !== undefined && !sameHeader(first, command)) {
      this.#first = undefined
      return SW.LAST_OF_CHAIN_EXPECTED
    }
    const last = (command.cla & CHAINED) === 0
    if (first === undefined && last) return command
    const data = concat(first === undefined ? EMPTY : this.#data, command.data)
    this.#first = last || data.length > CAPACITY ? undefined : command
    if (data.length > CAPACITY) return SW.WRONG_LENGTH
    this.#data = data
    return last ? { ...command, data } : SW.OK
  }
}

const sameHeader = (a: Command, b: Command): boolean =>
  (a.cla | CHAINED) === (b.cla | CHAINED) && a.ins === b.ins && a.p1 === b.p1 && a.p2 === b.p2
