/** Kinds of certificates a holder can have, as data (F31, F48). */

import type { AuthorityKind } from '../../pki/jpki-names.ts'
import { JPKI_POLICY } from '../../pki/oids.ts'
import { CERTIFICATE_PROFILES, type CertificateProfile, TEST_POLICY } from '../../pki/profile.ts'

export const CERTIFICATE_KINDS = ['sign', 'auth', 'phoneSign', 'phoneAuth'] as const
/** 署名用 and 利用者証明用, on the card and on the phone (移動端末設備用). */
export type CertificateKind = (typeof CERTIFICATE_KINDS)[number]

interface KindRules {
  readonly authority: AuthorityKind
  readonly profile: CertificateProfile
  /** Policy the profile must carry; the linter compares. */
  readonly policy: string
  /** The kind on the phone that falls with this one (facts 6.3, decision 0061). */
  readonly phone?: CertificateKind
}

/** The same profile under the policy of the phone (facts 5.5). */
function onPhone(profile: CertificateProfile, policy: string): CertificateProfile {
  const extensions = profile.extensions.map((rule) => (rule.id === 'certificatePolicies' ? { ...rule, policy } : rule))
  return { ...profile, name: `phone ${profile.name}`, extensions }
}

const PHONE_SIGN_POLICY = `${JPKI_POLICY}.0.40`
const PHONE_AUTH_POLICY = `${JPKI_POLICY}.0.50`
const { sign, auth } = CERTIFICATE_PROFILES

export const KINDS: Readonly<Record<CertificateKind, KindRules>> = {
  sign: { authority: 'sign', profile: sign, policy: TEST_POLICY.sign, phone: 'phoneSign' },
  auth: { authority: 'auth', profile: auth, policy: TEST_POLICY.auth, phone: 'phoneAuth' },
  phoneSign: { authority: 'sign', profile: onPhone(sign, PHONE_SIGN_POLICY), policy: PHONE_SIGN_POLICY },
  phoneAuth: { authority: 'auth', profile: onPhone(auth, PHONE_AUTH_POLICY), policy: PHONE_AUTH_POLICY },
}
