/**
 * Rules about the frame of a certificate (rule 2): what is the same in every certificate of one authority, kind and municipality. They
 * are not shown anything else, so that one certificate of a frame speaks for all.
 */
import { equal } from '../../base/bytes.ts'
import type { Extensions } from '../../pki/extensions.ts'
import type { Name } from '../../pki/name.ts'
import { OID } from '../../pki/oids.ts'
import type { CertificateProfile, ExtensionRule } from '../../pki/profile.ts'
import { crlAddress, type IssuingAuthority } from './issuers.ts'
import { type CertificateKind, KINDS } from './kinds.ts'

export interface LintedFrame {
  readonly certificate: {
    readonly issuer: Name
    readonly extensions: Omit<Extensions, 'subjectAltName' | 'subjectKeyId'>
  }
  readonly size: number
  readonly issuer: IssuingAuthority
  readonly profile: CertificateProfile
  readonly order: { readonly kind: CertificateKind; readonly municipality: { readonly code: string } }
  readonly distributionPoint: Uint8Array
}

/** Largest certificate that fits the card's file (facts 2.6.2: about 1.6 kB auth; 2 kB and long addresses for sign). */
const LARGEST = 4_096
export const ruleOf = <K extends ExtensionRule['id']>(profile: CertificateProfile, id: K) =>
  profile.extensions.find((rule): rule is Extract<ExtensionRule, { id: K }> => rule.id === id)

const EXTENSION_OID: Readonly<Record<ExtensionRule['id'], string>> = {
  keyUsage: OID.keyUsage,
  extKeyUsage: OID.extKeyUsage,
  personalData: OID.subjectAltName,
  certificatePolicies: OID.certificatePolicies,
  issuerAltName: OID.issuerAltName,
  authorityAltName: OID.subjectAltName,
  basicConstraints: OID.basicConstraints,
  cRLDistributionPoints: OID.cRLDistributionPoints,
  authorityInfoAccess: OID.authorityInfoAccess,
  authorityKeyIdentifier: OID.authorityKeyIdentifier,
  subjectKeyIdentifier: OID.subjectKeyIdentifier,
  ocspNoCheck: OID.ocspNoCheck,
}

export const same = (a: readonly string[] | undefined, b: readonly string[] | undefined) =>
  (a ?? []).join(' ') === (b ?? []).join(' ')
export const FRAME_RULES: Readonly<Record<string, (framed: LintedFrame) => boolean>> = {
  issuerIsTheAuthority: ({ certificate, issuer }) => equal(certificate.issuer.encoding, issuer.name),
  fitsTheCard: ({ size }) => size <= LARGEST,
  extensionsInOrder: ({ certificate: { extensions }, profile }) =>
    same(
      extensions.order.map(({ id }) => id),
      profile.extensions.map(({ id }) => EXTENSION_OID[id]),
    ),
  extensionsCritical: ({ certificate: { extensions }, profile }) =>
    extensions.order.every(({ critical }, i) => critical === profile.extensions[i]?.critical),
  noUnknownCritical: ({ certificate: { extensions } }) => extensions.unknownCritical.length === 0,
  notAnAuthority: ({ certificate: { extensions } }) => extensions.basicConstraints === undefined,
  keyUsage: ({ certificate: { extensions }, profile }) =>
    same(extensions.keyUsage, ruleOf(profile, 'keyUsage')?.usages),
  extKeyUsage: ({ certificate: { extensions }, profile }) =>
    same(extensions.extKeyUsage, ruleOf(profile, 'extKeyUsage')?.purposes),
  policyOfKind: ({ certificate: { extensions }, order }) =>
    same(
      extensions.policies?.map(({ policy }) => policy),
      [KINDS[order.kind].policy],
    ),
  practiceStatement: ({ certificate: { extensions }, issuer }) => extensions.policies?.[0]?.cps === issuer.cps,
  issuerAltName: ({ certificate: { extensions }, issuer }) => {
    const [name, ...more] = extensions.issuerAltName ?? []
    return name?.kind === 'directoryName' && more.length === 0 && equal(name.name.encoding, issuer.altName)
  },
  distributionPointName: ({ certificate: { extensions }, distributionPoint }) => {
    const name = extensions.distributionPoints?.[0]?.[0]
    return name?.kind === 'directoryName' && equal(name.name.encoding, distributionPoint)
  },
  distributionPointAddress: ({ certificate: { extensions }, issuer, order }) => {
    const [point, ...more] = extensions.distributionPoints ?? []
    const address = point?.[1]
    return more.length === 0 && address?.kind === 'uri' && address.uri === crlAddress(issuer, order.municipality.code)
  },
  ocspAddress: ({ certificate: { extensions }, profile, issuer }) =>
    same(extensions.ocsp, ruleOf(profile, 'authorityInfoAccess') === undefined ? [] : [issuer.ocsp]),
  authorityKeyId: ({ certificate: { extensions }, issuer }) => {
    const id = extensions.authorityKeyId
    return id?.keyId !== undefined && equal(id.keyId, issuer.keyId) && id.serial === BigInt(issuer.serial)
  },
  authorityKeyName: ({ certificate: { extensions }, issuer }) => {
    const name = extensions.authorityKeyId?.issuer
    return name !== undefined && equal(name.encoding, issuer.name)
  },
}
