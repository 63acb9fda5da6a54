/** Files and PINs of the 公的個人認証AP (facts 2.6). */
import type { FileRef } from '../file/select-file.ts'
import { FOUR_DIGITS, SIGN_PASSWORD } from '../pin/pin-format.ts'
import type { PinRef } from '../pin/verify-pin.ts'

const application = 'jpki'
const file = (fid: number, title: string): FileRef => ({ application, fid, title })

export const TOKEN_INFO = file(0x06, 'token information')
export const CERTIFICATES_PRESENT = file(0x08, 'certificate availability')

export const CERTIFICATES = {
  sign: file(0x01, 'sign certificate'),
  auth: file(0x0a, 'auth certificate'),
  signCa: file(0x02, 'sign CA certificate'),
  authCa: file(0x0b, 'auth CA certificate'),
} as const
export type CertificateName = keyof typeof CERTIFICATES

export const KEYS = { auth: file(0x17, 'auth key'), sign: file(0x1a, 'sign key') } as const
export type KeyName = keyof typeof KEYS

export const PINS: Readonly<Record<KeyName, PinRef>> = {
  auth: { ...file(0x18, 'auth PIN'), format: FOUR_DIGITS },
  sign: { ...file(0x1b, 'sign password'), format: SIGN_PASSWORD },
}
