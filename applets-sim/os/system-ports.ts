/** What a card gets when nobody injects a source of its own: the machine's random numbers and key generation. */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { RandomSource } from '../../src/base/clock.ts'
import type { KeySource } from './application.ts'

export const systemRandom: RandomSource = { bytes: (length) => randomBytes(length) }

const der = { type: 'pkcs8', format: 'der' } as const

export const systemKeys: KeySource = {
  rsa: (bits) => generateKeyPairSync('rsa', { modulusLength: bits }).privateKey.export(der),
  ec: (curve) => generateKeyPairSync('ec', { namedCurve: curve }).privateKey.export(der),
}
