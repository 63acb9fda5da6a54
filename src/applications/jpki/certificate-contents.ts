/** What a JPKI certificate says (facts 5.2–5.5). Total. */
import { equal } from '../../base/bytes.ts'
import { type Certificate, parseCertificate } from '../../pki/certificate.ts'
import { type PersonalData, personalDataOf } from '../../pki/personal-data.ts'
import { webVerify } from '../../pki/web-verify.ts'

export interface CertificateContents {
  /** By its key usage: nonRepudiation stands in certificates for signatures alone. */
  readonly kind: 'sign' | 'auth' | 'ca' | 'other'
  /** Upper-case hexadecimal. */
  readonly serial: string
  /** Epoch milliseconds, both inclusive. */
  readonly notBefore: number
  readonly notAfter: number
  readonly policies: readonly string[]
  /** The four attributes: in sign certificates alone. Personal data. */
  readonly holder?: PersonalData
  readonly certificate: Certificate
}

/** Undefined for what is no certificate in DER. */
export function certificateContents(der: Uint8Array): CertificateContents | undefined {
  const parsed = parseCertificate(der)
  if (!parsed.ok) return undefined
  const certificate = parsed.value
  const { keyUsage = [], policies = [], subjectAltName, basicConstraints } = certificate.extensions
  const holder = personalDataOf(subjectAltName)
  return {
    kind:
      basicConstraints?.ca === true
        ? 'ca'
        : keyUsage.includes('nonRepudiation')
          ? 'sign'
          : keyUsage.includes('digitalSignature')
            ? 'auth'
            : 'other',
    serial: certificate.serial.toString(16).toUpperCase(),
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    policies: policies.map(({ policy }) => policy),
    ...(holder === undefined ? {} : { holder }),
    certificate,
  }
}

/** Does the certificate name the authority's key (RFC 5280, 4.2.1.1)? Nothing is verified. */
export function isIssuedBy(certificate: Uint8Array, authority: Uint8Array): boolean {
  const wanted = certificateContents(certificate)?.certificate.extensions.authorityKeyId?.keyId
  const own = certificateContents(authority)?.certificate.extensions.subjectKeyId
  return wanted !== undefined && own !== undefined && equal(wanted, own)
}

/** Is it a signature over `bytes` by the key of this certificate? The certificate itself is not verified. */
export async function isSignedByKeyOf(
  certificate: Uint8Array,
  bytes: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const key = certificateContents(certificate)?.certificate.publicKey
  return key !== undefined && (await webVerify(key.algorithm, key.spki, bytes, signature))
}
