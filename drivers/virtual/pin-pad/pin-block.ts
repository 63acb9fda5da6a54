/** PIN_VERIFY and PIN_MODIFY structures of PC/SC part 10 (2.5.2, 2.5.3; native byte order), and how a PIN enters a command. */
import { endianness } from 'node:os'

export interface PinFormat {
  readonly timeoutSeconds: number
  readonly minLength: number
  readonly maxLength: number
  /** Offset of the PIN in the command's data field, in bytes. */
  readonly position: number
  readonly rightJustified: boolean
  readonly coding: 'binary' | 'bcd' | 'ascii'
  /** Size of the block the PIN is padded to; 0 when the data field is exactly as long as the PIN. */
  readonly blockSize: number
  /** Offset and size in bytes of a length field in the data field; size 0 when there is none. */
  readonly lengthPosition: number
  readonly lengthSize: number
}

export interface PinVerify {
  readonly format: PinFormat
  /** CLA INS P1 P2 [Lc data]: the command without the PIN. */
  readonly template: Uint8Array
}

export interface PinModify extends PinVerify {
  readonly offsetOld: number
  readonly offsetNew: number
  readonly confirmNew: boolean
  readonly askCurrent: boolean
}

const LITTLE = endianness() === 'LE'
const CODINGS = ['binary', 'bcd', 'ascii'] as const

/** Fields at the same place in both structures; undefined where a unit other than whole bytes is asked for. */
function parseFormat(bytes: Uint8Array, extraDigit: number): PinFormat | undefined {
  const [timeout, , format, block, length] = bytes as unknown as [number, number, number, number, number]
  const coding = CODINGS[format & 3]
  const inBytes = (format & 0x80) !== 0
  const position = (format >> 3) & 0x0f
  if (coding === undefined || (!inBytes && position % 8 !== 0)) return undefined
  const lengthBits = block >> 4
  const lengthInBytes = (length & 0x10) !== 0
  if (lengthBits % 8 !== 0 || (!lengthInBytes && (length & 0x0f) % 8 !== 0)) return undefined
  const [minLength, maxLength] = LITTLE
    ? [bytes[extraDigit + 1] as number, bytes[extraDigit] as number]
    : [bytes[extraDigit] as number, bytes[extraDigit + 1] as number]
  if (maxLength === 0 || minLength > maxLength) return undefined
  return {
    timeoutSeconds: timeout,
    minLength,
    maxLength,
    position: inBytes ? position : position / 8,
    rightJustified: (format & 4) !== 0,
    coding,
    blockSize: block & 0x0f,
    lengthPosition: lengthInBytes ? length & 0x0f : (length & 0x0f) / 8,
    lengthSize: lengthBits / 8,
  }
}

function template(bytes: Uint8Array, lengthAt: number): Uint8Array | undefined {
  if (bytes.length < lengthAt + 4) return undefined
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(lengthAt, LITTLE)
  const data = bytes.subarray(lengthAt + 4)
  if (length !== data.length || length < 4) return undefined
  if (length > 4 && (data[4] as number) !== length - 5) return undefined
  return data.slice()
}

/** Undefined when the structure is malformed or asks for what this reader cannot do. */
export function parsePinVerify(bytes: Uint8Array): PinVerify | undefined {
  const command = template(bytes, 15)
  const format = command && parseFormat(bytes, 5)
  return command && format && { format, template: command }
}

export function parsePinModify(bytes: Uint8Array): PinModify | undefined {
  const command = template(bytes, 20)
  const format = command && parseFormat(bytes, 7)
  if (command === undefined || format === undefined) return undefined
  const confirm = bytes[9] as number
  return {
    format,
    template: command,
    offsetOld: bytes[5] as number,
    offsetNew: bytes[6] as number,
    confirmNew: (confirm & 1) !== 0,
    askCurrent: (confirm & 2) !== 0,
  }
}

/** The PIN as its block's bytes, without padding; undefined when a character cannot be coded. */
function code(pin: Uint8Array, coding: PinFormat['coding']): Uint8Array | undefined {
  if (coding === 'ascii') return pin.slice()
  const digits = pin.map((byte) => byte - 0x30)
  if (digits.some((digit) => digit > 9)) return undefined
  if (coding === 'binary') return digits
  const packed = new Uint8Array(Math.ceil(digits.length / 2)).fill(0xff)
  digits.forEach((digit, i) => {
    packed[i >> 1] = i % 2 === 0 ? (digit << 4) | 0x0f : ((packed[i >> 1] as number) & 0xf0) | digit
  })
  digits.fill(0)
  return packed
}

/** The command with the PIN in its data field at `position` more bytes; the template's bytes are the padding. */
export function insertPin(
  command: Uint8Array,
  pin: Uint8Array,
  format: PinFormat,
  offset: number,
): Uint8Array | undefined {
  const block = code(pin, format.coding)
  if (block === undefined || (format.blockSize !== 0 && block.length > format.blockSize)) return undefined
  const size = format.blockSize === 0 ? block.length : format.blockSize
  const start = offset + format.position
  const data = command.subarray(5)
  const out = new Uint8Array(5 + Math.max(data.length, start + size))
  out.set(command.subarray(0, 4))
  out.fill(0xff, 5)
  out.set(data, 5)
  out[4] = out.length - 5
  out.set(block, 5 + start + (format.rightJustified ? size - block.length : 0))
  if (format.lengthSize > 0) out[5 + offset + format.lengthPosition + format.lengthSize - 1] = pin.length
  block.fill(0)
  return out.length - 5 > 0xff ? undefined : out
}
