/**
 * Certificate profiles as data (facts 5.1–5.3, 5.5). The order of `extensions` is the order in the certificate; whether an
 * extension is critical is part of the rule, not of the code that writes it.
 */
import type { AlgorithmName } from './algorithm.ts'
import type { KeyUsage } from './extensions.ts'
import { JPKI_POLICY, OID } from './oids.ts'

export type ExtensionRule =
  | { readonly id: 'keyUsage'; readonly critical: boolean; readonly usages: readonly KeyUsage[] }
  | { readonly id: 'extKeyUsage'; readonly critical: boolean; readonly purposes: readonly string[] }
  /** otherName entries for the holder, in the order of `PERSONAL_DATA_ORDER`. */
  | { readonly id: 'personalData'; readonly critical: boolean }
  | { readonly id: 'certificatePolicies'; readonly critical: boolean; readonly policy: string }
  /** The authority's Japanese name, as issuerAltName of a holder's or subjectAltName of its own certificate. */
  | { readonly id: 'issuerAltName' | 'authorityAltName'; readonly critical: boolean }
  | { readonly id: 'basicConstraints'; readonly critical: boolean }
  | { readonly id: 'cRLDistributionPoints'; readonly critical: boolean }
  | { readonly id: 'authorityInfoAccess'; readonly critical: boolean }
  | { readonly id: 'authorityKeyIdentifier' | 'subjectKeyIdentifier'; readonly critical: boolean }
  | { readonly id: 'ocspNoCheck'; readonly critical: boolean }

export interface CertificateProfile {
  readonly name: string
  /** Algorithm of the subject's key; the signature's algorithm is the issuer's. */
  readonly keys: readonly AlgorithmName[]
  readonly extensions: readonly ExtensionRule[]
}

const BOTH_GENERATIONS = ['rsa2048-sha256', 'p384-sha384'] as const

/** Policies of the test hierarchy, `…8.5.1.0`: .20 is the observed one for signatures, the others follow its pattern (decision 0021). */
export const TEST_POLICY = {
  sign: `${JPKI_POLICY}.0.20`,
  auth: `${JPKI_POLICY}.0.30`,
} as const

const CA: CertificateProfile = {
  name: 'ca',
  keys: BOTH_GENERATIONS,
  extensions: [
    { id: 'keyUsage', critical: true, usages: ['keyCertSign', 'cRLSign'] },
    { id: 'authorityAltName', critical: false },
    { id: 'basicConstraints', critical: true },
    { id: 'cRLDistributionPoints', critical: false },
    { id: 'subjectKeyIdentifier', critical: false },
  ],
}

/** 利用者証明用電子証明書 (facts 5.2). */
const AUTH: CertificateProfile = {
  name: 'auth',
  keys: BOTH_GENERATIONS,
  extensions: [
    { id: 'keyUsage', critical: true, usages: ['digitalSignature'] },
    { id: 'extKeyUsage', critical: false, purposes: [OID.clientAuth] },
    { id: 'certificatePolicies', critical: true, policy: TEST_POLICY.auth },
    { id: 'issuerAltName', critical: false },
    { id: 'cRLDistributionPoints', critical: false },
    { id: 'authorityInfoAccess', critical: false },
    { id: 'authorityKeyIdentifier', critical: false },
    { id: 'subjectKeyIdentifier', critical: false },
  ],
}

/** 署名用電子証明書 (facts 5.3); no authorityInfoAccess, as in the one example that is published. */
const SIGN: CertificateProfile = {
  name: 'sign',
  keys: BOTH_GENERATIONS,
  extensions: [
    { id: 'keyUsage', critical: true, usages: ['digitalSignature', 'nonRepudiation'] },
    { id: 'personalData', critical: false },
    { id: 'certificatePolicies', critical: true, policy: TEST_POLICY.sign },
    { id: 'issuerAltName', critical: false },
    { id: 'cRLDistributionPoints', critical: false },
    { id: 'authorityKeyIdentifier', critical: false },
    { id: 'subjectKeyIdentifier', critical: false },
  ],
}

/** A delegated OCSP responder (RFC 6960, 4.2.2.2.1): short-lived, so it is not itself checked. */
const OCSP_RESPONDER: CertificateProfile = {
  name: 'ocspResponder',
  keys: BOTH_GENERATIONS,
  extensions: [
    { id: 'keyUsage', critical: true, usages: ['digitalSignature'] },
    { id: 'extKeyUsage', critical: false, purposes: [OID.ocspSigning] },
    { id: 'ocspNoCheck', critical: false },
    { id: 'authorityKeyIdentifier', critical: false },
    { id: 'subjectKeyIdentifier', critical: false },
  ],
}

export const CERTIFICATE_PROFILES = { ca: CA, auth: AUTH, sign: SIGN, ocspResponder: OCSP_RESPONDER } as const
