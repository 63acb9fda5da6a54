/** What a certificate is ordered with: everything the authority needs to know, looked up by the caller. */
import type { PersonalData } from '../../pki/personal-data.ts'
import type { CalendarDate } from '../../pki/validity.ts'
import type { CertificateKind } from './kinds.ts'

/** The municipality of the holder's register, as names in certificates spell it. */
export interface Municipality {
  /** Six digits, the last one a check digit. */
  readonly code: string
  /** `Tokyo-to`, `Kiyose-shi`: unique together. */
  readonly prefecture: string
  readonly name: string
}

export interface Order {
  readonly kind: CertificateKind
  /** Id of the person in the registry; never a personal number. */
  readonly holder: string
  /** Serial of the card, or id of the phone, that holds the key. */
  readonly card: string
  readonly municipality: Municipality
  readonly birth: CalendarDate
  readonly cardExpiry: CalendarDate
  readonly abroad: boolean
  /** Only for signature certificates. */
  readonly personalData: PersonalData
  /** SubjectPublicKeyInfo, DER, of the key made on the card. */
  readonly publicKey: Uint8Array
}
