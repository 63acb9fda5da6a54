/** A tiny chip for tests of readers: answers by instruction, counts power cycles, remembers one volatile byte. */

import { fromHex } from '../../src/base/hex.ts'
import type { ChipInterface, ChipPort } from '../../src/card/ports.ts'
import { PowerLost } from '../../src/card/ports.ts'

export const CONTACT_ATR = fromHex('3B E0 00 FF 81 31 FE 45 14')
export const CONTACTLESS_ATR = fromHex('3B 88 80 01 00 00 05 E0 B3 81 A1 00 7F')

const OK = [0x90, 0x00]

/**
 * INS B0: 90 00 after P1·256 + P2 bytes of AA. INS 20: sets the volatile state to P2. INS 21: returns it.
 * INS D6: stores P2, or loses power when a cut is planned. INS 22: returns what is stored. INS 0E: echoes the command data.
 * INS EE: throws. Anything else: 6D 00.
 */
export class FakeChip implements ChipPort {
  readonly log: string[] = []
  volatile = 0
  stored = 0
  powered = false
  cut: { readonly write: number; readonly at: 'before' | 'inside' | 'after' } | undefined

  powerOn(via: ChipInterface): Uint8Array {
    this.log.push(`on ${via}`)
    this.powered = true
    this.volatile = 0
    return via === 'contact' ? CONTACT_ATR : CONTACTLESS_ATR
  }

  warmReset(): Uint8Array {
    this.log.push('warm')
    this.volatile = 0
    return CONTACT_ATR
  }

  powerOff(): void {
    this.log.push('off')
    this.powered = false
    this.volatile = 0
  }

  transmit(command: Uint8Array): Uint8Array {
    if (!this.powered) throw new Error('a chip without power was asked')
    const [, ins, p1, p2] = command as unknown as [number, number, number, number]
    this.log.push(`ins ${ins?.toString(16)}`)
    switch (ins) {
      case 0xb0:
        return Uint8Array.from([...new Uint8Array(p1 * 256 + p2).fill(0xaa), ...OK])
      case 0x20:
        this.volatile = p2
        return Uint8Array.from(OK)
      case 0x21:
        return Uint8Array.from([this.volatile, ...OK])
      case 0x22:
        return Uint8Array.from([this.stored, ...OK])
      case 0x0e:
        return Uint8Array.from([...command.subarray(5), ...OK])
      case 0xd6:
        if (this.cut === undefined) {
          this.stored = p2
          return Uint8Array.from(OK)
        }
        this.cut = undefined
        this.powered = false
        throw new PowerLost('planned')
      case 0xee:
        throw new Error('bug in the fake chip')
      default:
        return Uint8Array.of(0x6d, 0x00)
    }
  }
}
