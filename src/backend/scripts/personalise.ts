/** Writing to the card's applications under the issuer's channel (decision 0081): STORE DATA groupings, key generation, PIN reset. */

import { type GpCommand, gpCommand } from '../../applications/globalplatform/gp-command.ts'
import { installCommands, installForPersonalization } from '../../applications/globalplatform/install.ts'
import { concat, uint } from '../../base/bytes.ts'
import { findTlv, parseTlvs } from '../../base/tlv.ts'
import { rsaPublicKey } from '../../pki/algorithm.ts'
import { type PlannedStep, secured } from './procedure.ts'

/** INSTALL [for personalization]: what follows is for this application. */
export const forApplication = (aid: Uint8Array): readonly PlannedStep[] =>
  installCommands(installForPersonalization(aid)).map(secured)

const WRITE_FILE = 0x10

/** A data grouping: the whole content of a transparent EF. */
export const fileGrouping = (fid: number, content: Uint8Array): Uint8Array =>
  concat(
    Uint8Array.of(WRITE_FILE, fid),
    content.length < 0xff ? uint(content.length, 1) : concat(Uint8Array.of(0xff), uint(content.length, 2)),
    content,
  )

const WRITE_PIN = 0x30
const WRITE_LIFE_CYCLE = 0x50
const PERSONALISED = 0x0f

/** A data grouping: the PIN in this EF takes no tries any more. */
export const withoutPin = (fid: number): Uint8Array => Uint8Array.of(WRITE_PIN, fid, 0)

/** A data grouping: the application is personalised, PINs and keys of the holder work. */
export const inUse = (): Uint8Array => Uint8Array.of(WRITE_LIFE_CYCLE, 0x00, 1, PERSONALISED)

export const GENERATE_LABEL = 'GENERATE ASYMMETRIC KEY PAIR'
const GENERATE = { name: GENERATE_LABEL, section: 'ISO/IEC 7816-8, 5.4', ins: 0x47 } as const
/** Room for 7F49 of an RSA-2048 key, its padding and R-MAC: extended length. */
const ROOM = 0x200

/** A new pair in the key's EF; parses to the public key, SubjectPublicKeyInfo. */
export const generateKeyPair = (fid: number): GpCommand<Uint8Array> =>
  gpCommand(GENERATE, 0x00, 0x00, { data: Uint8Array.of(0x00, fid), ne: ROOM }, ({ data }) => publicKeyOf(data))

export function publicKeyOf(template: Uint8Array): Uint8Array | undefined {
  const parts = parseTlvs(findTlv(parseTlvs(template), 0x7f49) ?? new Uint8Array())
  const [modulus, exponent] = [findTlv(parts, 0x81), findTlv(parts, 0x82)]
  return modulus === undefined || exponent === undefined ? undefined : rsaPublicKey(modulus, exponent)
}

const RESET = { name: 'RESET RETRY COUNTER', section: 'ISO/IEC 7816-4:2020, 11.5.10', ins: 0x2c } as const

/** All tries again, the value stays. */
export const restoreTries = (fid: number): GpCommand<true> => gpCommand(RESET, 0x03, 0x80 | fid, {}, () => true)

/** All tries again, with this value. */
export const resetRetryCounter = (fid: number, value: Uint8Array): GpCommand<true> =>
  gpCommand(RESET, 0x02, 0x80 | fid, { data: value }, () => true)
