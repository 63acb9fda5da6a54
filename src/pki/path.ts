/**
 * Is this certificate what it claims to be? Path validation for these profiles (RFC 5280, 6, cut down to one self-signed
 * authority above each certificate). Revocation is a separate question: `revocation.ts`.
 */
import { equal } from '../base/bytes.ts'
import type { Verify } from './algorithm.ts'
import type { Certificate } from './certificate.ts'
import { OID } from './oids.ts'
import { TEST_POLICY } from './profile.ts'

/** What a certificate is wanted for: the extensions it must have. Other hierarchies bring their own. */
export interface Purpose {
  readonly keyUsage: 'digitalSignature' | 'nonRepudiation'
  /** The extended key usage it must list; without one here, an extKeyUsage in the certificate is refused. */
  readonly extKeyUsage?: string
  readonly policy?: string
}

export const PURPOSES = {
  sign: { keyUsage: 'nonRepudiation', policy: TEST_POLICY.sign },
  auth: { keyUsage: 'digitalSignature', extKeyUsage: OID.clientAuth, policy: TEST_POLICY.auth },
  ocspResponder: { keyUsage: 'digitalSignature', extKeyUsage: OID.ocspSigning },
} as const satisfies Record<string, Purpose>

export type PathResult =
  | { readonly ok: true; readonly anchor: Certificate }
  | {
      readonly ok: false
      readonly reason:
        | 'notYetValid'
        | 'expired'
        | 'unknownAuthority'
        | 'authorityNotValid'
        | 'badSignature'
        | 'wrongPurpose'
        | 'unknownCriticalExtension'
    }

export interface PathInput {
  readonly certificate: Certificate
  /** Authorities that are trusted as they are; all generations together. */
  readonly anchors: readonly Certificate[]
  readonly purpose: Purpose
  /** Epoch milliseconds. */
  readonly at: number
  readonly verify: Verify
}

const covers = ({ notBefore, notAfter }: Certificate, at: number) => notBefore <= at && at < notAfter + 1000

/** The certificate's own state is told before its purpose, so that an expired one is called expired. */
export async function validatePath({ certificate, anchors, purpose, at, verify }: PathInput): Promise<PathResult> {
  const named = anchors.filter((anchor) => isAuthorityOf(anchor, certificate))
  if (named.length === 0) return { ok: false, reason: 'unknownAuthority' }
  let anchor: Certificate | undefined
  for (const candidate of named)
    if (await isSignedBy(certificate, candidate, verify)) {
      anchor = candidate
      break
    }
  if (anchor === undefined) return { ok: false, reason: 'badSignature' }
  if (!covers(anchor, at)) return { ok: false, reason: 'authorityNotValid' }
  if (at < certificate.notBefore) return { ok: false, reason: 'notYetValid' }
  if (!covers(certificate, at)) return { ok: false, reason: 'expired' }
  if (certificate.extensions.unknownCritical.length > 0) return { ok: false, reason: 'unknownCriticalExtension' }
  return serves(certificate, purpose) ? { ok: true, anchor } : { ok: false, reason: 'wrongPurpose' }
}

/** Same name, marked as an authority, and not contradicted by the certificate's authorityKeyIdentifier. */
function isAuthorityOf(anchor: Certificate, certificate: Certificate): boolean {
  const { basicConstraints, keyUsage, subjectKeyId, unknownCritical } = anchor.extensions
  const keyId = certificate.extensions.authorityKeyId?.keyId
  return (
    equal(anchor.subject.encoding, certificate.issuer.encoding) &&
    basicConstraints?.ca === true &&
    (keyUsage?.includes('keyCertSign') ?? false) &&
    unknownCritical.length === 0 &&
    (keyId === undefined || subjectKeyId === undefined || equal(keyId, subjectKeyId))
  )
}

/** Anything with a signature: a certificate, a CRL, an OCSP answer. */
export const isSignedBy = async (
  signed: Pick<Certificate, 'tbs' | 'signatureAlgorithm' | 'signature'>,
  { publicKey }: Certificate,
  verify: Verify,
): Promise<boolean> =>
  signed.signatureAlgorithm === publicKey.algorithm &&
  (await verify(publicKey.algorithm, publicKey.spki, signed.tbs, signed.signature))

function serves({ extensions }: Certificate, { keyUsage, extKeyUsage, policy }: Purpose): boolean {
  if (extensions.basicConstraints?.ca === true) return false
  if (!extensions.keyUsage?.includes(keyUsage)) return false
  if (extKeyUsage === undefined ? extensions.extKeyUsage !== undefined : !extensions.extKeyUsage?.includes(extKeyUsage))
    return false
  return policy === undefined || (extensions.policies?.some((entry) => entry.policy === policy) ?? false)
}
