/**
 * What a core and a signer say to each other: frames of length(4) id(4) verb(1) body, big-endian. Replies quote the id of their
 * request and come in any order. Bodies:
 *
 *   sign      algorithm(1) idLength(1) id, then the bytes to be signed   → signature
 *   generate  algorithm(1)                                              → idLength(1) id, then SubjectPublicKeyInfo
 *   cmac      message                                                   → CMAC under the cards' master key
 */
import { ascii, concat, EMPTY, toUint, uint } from '../../base/bytes.ts'
import type { AlgorithmName } from '../../pki/algorithm.ts'

export const VERB = { sign: 1, generate: 2, cmac: 3, done: 0x80, unavailable: 0x81 } as const
export type Verb = (typeof VERB)[keyof typeof VERB]

export interface Frame {
  readonly id: number
  readonly verb: number
  readonly body: Uint8Array
}

const HEAD = 9
/** A list of a million entries is signed as it is: 40 MB. */
const LARGEST = 64 << 20

/** The bytes of a frame; the body is not copied. */
export const frameParts = ({ id, verb, body }: Frame): readonly Uint8Array[] => [
  concat(uint(body.length + HEAD - 4, 4), uint(id, 4), Uint8Array.of(verb)),
  body,
]

/** Cuts a stream into frames. Throws RangeError on a length that no frame has. */
export function frameReader(onFrame: (frame: Frame) => void): (chunk: Uint8Array) => void {
  let waiting: Uint8Array[] = []
  let have = 0
  let wanted = 4
  return (chunk) => {
    waiting.push(chunk)
    have += chunk.length
    while (have >= wanted) {
      const all = waiting.length === 1 ? (waiting[0] as Uint8Array) : concat(...waiting)
      const length = 4 + toUint(all.subarray(0, 4))
      if (length < HEAD || length > LARGEST) throw new RangeError(`signer: a frame of ${length} bytes`)
      if (all.length >= length) {
        onFrame({ id: toUint(all.subarray(4, 8)), verb: all[8] as number, body: all.slice(HEAD, length) })
        waiting = [all.subarray(length)]
        have = all.length - length
        wanted = 4
      } else {
        waiting = [all]
        wanted = length
      }
    }
  }
}

const ALGORITHM_NUMBERS: readonly AlgorithmName[] = ['rsa2048-sha256', 'p384-sha384']

const named = (id: string): Uint8Array => concat(uint(id.length, 1), ascii(id))
const numbered = (algorithm: AlgorithmName): Uint8Array => uint(ALGORITHM_NUMBERS.indexOf(algorithm), 1)

export const signBody = (algorithm: AlgorithmName, id: string, bytes: Uint8Array): Uint8Array =>
  concat(numbered(algorithm), named(id), bytes)
export const generateBody = (algorithm: AlgorithmName): Uint8Array => numbered(algorithm)
export const keyBody = (id: string, publicKey: Uint8Array): Uint8Array => concat(named(id), publicKey)

/** The algorithm a body begins with, and the rest. Undefined for a number that means none. */
export function takeAlgorithm(body: Uint8Array): readonly [AlgorithmName, Uint8Array] | undefined {
  const algorithm = ALGORITHM_NUMBERS[body[0] ?? -1]
  return algorithm && [algorithm, body.subarray(1)]
}

/** The id a body begins with, and the rest. Undefined where it is cut off or not printable. */
export function takeId(body: Uint8Array): readonly [string, Uint8Array] | undefined {
  const end = 1 + (body[0] ?? 0)
  const id = String.fromCharCode(...body.subarray(1, end))
  return body.length < end || !/^[\w.-]{1,64}$/.test(id) ? undefined : [id, body.subarray(end)]
}

export const unavailable = (id: number): Frame => ({ id, verb: VERB.unavailable, body: EMPTY })
