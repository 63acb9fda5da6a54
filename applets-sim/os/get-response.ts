/**
 * Responses as a T=0 card gives them, by a behaviour switch: never seen on the real card, but every client claims to handle
 * it (facts 1.4). A short command with data is answered 61xx and its response fetched by GET RESPONSE; a short command
 * without data and with a wrong Le is answered 6Cxx.
 */
import type { Command } from '../../src/card/command.ts'
import { SW } from '../../src/card/status-word.ts'
import { answer, status, swOf } from './answer.ts'

const GET_RESPONSE = 0xc0

export class GetResponse {
  #waiting: Uint8Array | undefined

  around(command: Command, process: (command: Command) => Uint8Array): Uint8Array {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (command.ins === GET_RESPONSE && command.cla === 0x00)
      return waiting === undefined ? status(SW.CONDITIONS_NOT_SATISFIED) : this.#give(waiting, command)
    const response = process(command)
    const length = response.length - 2
    if (length === 0 || command.extended) return response
    if (command.data.length > 0 || command.ne === 0) {
      this.#waiting = response
      return status(moreWaiting(length))
    }
    return command.ne === length ? response : status(0x6c00 | (length & 0xff))
  }

  #give(waiting: Uint8Array, { ne }: Command): Uint8Array {
    const length = waiting.length - 2
    const rest = waiting.subarray(ne)
    if (rest.length <= 2) return answer(waiting.subarray(0, length), swOf(waiting))
    this.#waiting = rest
    return answer(waiting.subarray(0, ne), moreWaiting(rest.length - 2))
  }
}

/** 61xx with the number of bytes waiting, 00 for 256 or more. */
const moreWaiting = (length: number): number => 0x6100 | (length < 0x100 ? length : 0)
