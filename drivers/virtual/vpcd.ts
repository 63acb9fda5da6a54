/**
 * A simulated card behind a real pcscd: connects to the port of the vpcd driver and answers as the card in its slot
 * (facts: PC/SC page, section 1). A message is a 2-byte big-endian length and that many bytes; the driver speaks first.
 */
import { connect, type Socket } from 'node:net'
import { type ChipPort, PowerLost } from '../../src/card/ports.ts'

const POWER_OFF = 0
const POWER_ON = 1
const RESET = 2
const GIVE_ATR = 4
const LONGEST = 0xffff

export interface VpcdOptions {
  readonly host: string
  readonly port: number
  /** Milliseconds to the next attempt after the connection failed or broke. Default 200. */
  readonly retryMs?: number
  /** Told when the card lies in the slot (true) and when it no longer does. */
  readonly onAttached?: (attached: boolean) => void
}

/** The chip as vpcd's peer sees it: one frame in, one frame or none out. */
export class VpcdPeer {
  readonly #chip: ChipPort
  #powered = false
  #atr: Uint8Array | undefined

  constructor(chip: ChipPort) {
    this.#chip = chip
  }

  /** Undefined for control codes that have no answer, and when the card lost its power: the card falls silent. */
  answer(message: Uint8Array): Uint8Array | undefined {
    return message.length === 1 ? this.#control(message[0] as number) : this.#transmit(message)
  }

  powerOff(): void {
    if (this.#powered) this.#chip.powerOff()
    this.#powered = false
  }

  #control(code: number): Uint8Array | undefined {
    if (code === POWER_OFF) this.powerOff()
    else if (code === POWER_ON) this.#powerOn()
    else if (code === RESET && this.#powered) this.#atr = this.#chip.warmReset()
    else if (code === RESET) this.#powerOn()
    else if (code === GIVE_ATR) return this.#giveAtr()
    return undefined
  }

  #powerOn(): Uint8Array {
    this.#powered = true
    this.#atr = this.#chip.powerOn('contact')
    return this.#atr
  }

  /** The driver asks every 400 ms, also before it has given power: the first time the card is powered for that one answer. */
  #giveAtr(): Uint8Array {
    if (this.#atr !== undefined) return this.#atr
    const atr = this.#powerOn()
    this.powerOff()
    return atr
  }

  #transmit(command: Uint8Array): Uint8Array | undefined {
    try {
      return this.#chip.transmit(command)
    } catch (error) {
      if (!(error instanceof PowerLost)) throw error
      this.#powered = false
      return undefined
    }
  }
}

/** Complete messages out of a byte stream. */
export class VpcdFrames {
  #held: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): readonly Uint8Array[] {
    const messages: Uint8Array[] = []
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    while (this.#held.length >= 2) {
      const length = this.#held.readUInt16BE(0)
      if (this.#held.length < 2 + length) break
      const message = new Uint8Array(this.#held.subarray(2, 2 + length))
      this.#held = this.#held.subarray(2 + length)
      if (length > 0) messages.push(message)
    }
    return messages
  }
}

function serve(socket: Socket, chip: ChipPort): void {
  const peer = new VpcdPeer(chip)
  const frames = new VpcdFrames()
  socket.setNoDelay(true)
  socket.on('data', (chunk: Buffer) => {
    for (const message of frames.push(chunk)) {
      const answer = peer.answer(message)
      if (answer === undefined) {
        if (message.length > 1) socket.destroy()
        continue
      }
      const out = Buffer.allocUnsafe(2 + Math.min(answer.length, LONGEST))
      out.writeUInt16BE(out.length - 2, 0)
      out.set(answer.subarray(0, LONGEST), 2)
      socket.write(out)
    }
  })
  socket.on('close', () => peer.powerOff())
}

/** Keeps the card attached until the signal aborts, connecting again whenever pcscd comes back. */
export async function attachToVpcd(chip: ChipPort, options: VpcdOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await new Promise<void>((resolve) => {
      const socket = connect(options.port, options.host)
      const stop = () => socket.destroy()
      signal.addEventListener('abort', stop, { once: true })
      socket.once('connect', () => {
        serve(socket, chip)
        options.onAttached?.(true)
      })
      socket.on('error', () => {})
      socket.once('close', () => {
        signal.removeEventListener('abort', stop)
        options.onAttached?.(false)
        resolve()
      })
    })
    if (!signal.aborted) await pause(options.retryMs ?? 200, signal)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}
