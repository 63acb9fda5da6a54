/** Making certificates after a profile: the bytes to be signed, then the certificate (RFC 5280, 4.1). */

import { concat } from '../base/bytes.ts'
import { ALGORITHMS, type AlgorithmName, type Sign } from './algorithm.ts'
import { bitString, contextOf, der, integer, lengthOctets, nothing, sequence, TAG, time, writeHeader } from './der.ts'
import {
  authorityKeyIdValue,
  basicConstraintsCa,
  distributionPointsValue,
  extension,
  extKeyUsageValue,
  keyUsageValue,
  ocspAccessValue,
  policyValue,
  subjectKeyIdValue,
} from './extensions.ts'
import { directoryName } from './general-name.ts'
import { OID } from './oids.ts'
import { type PersonalData, personalDataValue } from './personal-data.ts'
import type { CertificateProfile, ExtensionRule } from './profile.ts'

/** The authority that signs: what of it appears in certificates. Names are DER (`encodeName`). */
export interface Issuer {
  readonly name: Uint8Array
  readonly altName: Uint8Array
  readonly serial: number | bigint
  readonly keyId: Uint8Array
  /** Algorithm its key signs with. */
  readonly algorithm: AlgorithmName
  readonly cps: string
  readonly ocsp: string
}

/** A CRL shard: its directory name, DER, and its address. Keep one object a shard: what it adds to certificates is written once. */
export interface DistributionPoint {
  readonly name: Uint8Array
  readonly url?: string
}

export interface CertificateFields {
  readonly profile: CertificateProfile
  readonly issuer: Issuer
  /** Positive; JPKI uses four bytes. */
  readonly serial: number | bigint
  /** DER Name. */
  readonly subject: Uint8Array
  /** Epoch milliseconds; whole seconds are written. */
  readonly notBefore: number
  readonly notAfter: number
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array
  /** SHA-1 of the public key's bits (RFC 5280, 4.2.1.2, method 1). */
  readonly keyId: Uint8Array
  /** Where the CRL that would list this certificate is found; profiles that name a distribution point need it. */
  readonly distributionPoint?: DistributionPoint
  readonly personalData?: PersonalData
}

function needed<T>(value: T | undefined, profile: CertificateProfile, field: string): T {
  if (value === undefined) throw new TypeError(`certificate profile ${profile.name} needs ${field}`)
  return value
}

/** An extension that is the same in every certificate of this authority (and shard), or undefined. */
function authorityPart(rule: ExtensionRule, issuer: Issuer): Uint8Array | undefined {
  switch (rule.id) {
    case 'keyUsage':
      return extension(OID.keyUsage, rule.critical, keyUsageValue(rule.usages))
    case 'extKeyUsage':
      return extension(OID.extKeyUsage, rule.critical, extKeyUsageValue(rule.purposes))
    case 'certificatePolicies':
      return extension(OID.certificatePolicies, rule.critical, policyValue(rule.policy, issuer.cps))
    case 'issuerAltName':
      return extension(OID.issuerAltName, rule.critical, sequence(directoryName(issuer.altName)))
    case 'authorityAltName':
      return extension(OID.subjectAltName, rule.critical, sequence(directoryName(issuer.altName)))
    case 'basicConstraints':
      return extension(OID.basicConstraints, rule.critical, basicConstraintsCa())
    case 'authorityInfoAccess':
      return extension(OID.authorityInfoAccess, rule.critical, ocspAccessValue(issuer.ocsp))
    case 'authorityKeyIdentifier': {
      const value = authorityKeyIdValue(issuer.keyId, issuer.name, issuer.serial)
      return extension(OID.authorityKeyIdentifier, rule.critical, value)
    }
    case 'ocspNoCheck':
      return extension(OID.ocspNoCheck, rule.critical, nothing())
    default:
      return undefined
  }
}

/** An extension of this certificate alone. */
function ownPart(rule: ExtensionRule, fields: CertificateFields): Uint8Array {
  const { profile } = fields
  switch (rule.id) {
    case 'personalData': {
      const data = needed(fields.personalData, profile, 'personalData')
      return extension(OID.subjectAltName, rule.critical, personalDataValue(data))
    }
    case 'subjectKeyIdentifier':
      return extension(OID.subjectKeyIdentifier, rule.critical, subjectKeyIdValue(fields.keyId))
    default:
      throw new TypeError(`certificate profile ${profile.name}: no extension ${rule.id}`)
  }
}

/** The extensions of a profile in order: bytes that all certificates of an authority and shard share, and rules for the others. */
type Extensions = readonly (Uint8Array | ExtensionRule)[]

/** A thousand certificates a second write their common extensions once. */
const written = new WeakMap<Issuer, WeakMap<CertificateProfile, WeakMap<object, Extensions>>>()
const NO_POINT = {}

function extensionsOf({ issuer, profile, distributionPoint }: CertificateFields): Extensions {
  const byProfile = written.get(issuer) ?? new WeakMap<CertificateProfile, WeakMap<object, Extensions>>()
  written.set(issuer, byProfile)
  const byPoint = byProfile.get(profile) ?? new WeakMap<object, Extensions>()
  byProfile.set(profile, byPoint)
  const known = byPoint.get(distributionPoint ?? NO_POINT)
  if (known !== undefined) return known
  const extensions: (Uint8Array | ExtensionRule)[] = []
  for (const rule of profile.extensions) {
    const common = authorityPart(rule, issuer) ?? shardPart(rule, profile, distributionPoint)
    const last = extensions.at(-1)
    if (common === undefined) extensions.push(rule)
    else if (last instanceof Uint8Array) extensions[extensions.length - 1] = concat(last, common)
    else extensions.push(common)
  }
  byPoint.set(distributionPoint ?? NO_POINT, extensions)
  return extensions
}

function shardPart(
  rule: ExtensionRule,
  profile: CertificateProfile,
  distributionPoint: DistributionPoint | undefined,
): Uint8Array | undefined {
  if (rule.id !== 'cRLDistributionPoints') return undefined
  const { name, url } = needed(distributionPoint, profile, 'distributionPoint')
  return extension(OID.cRLDistributionPoints, rule.critical, distributionPointsValue(name, url))
}

const VERSION_3 = der(contextOf(0), integer(2))

/** TBSCertificate, DER: exactly what is to be signed. Throws TypeError when a field the profile needs is missing. */
export function buildTbsCertificate(fields: CertificateFields): Uint8Array {
  const { issuer } = fields
  const before = [
    VERSION_3,
    integer(fields.serial),
    ALGORITHMS[issuer.algorithm].signature,
    issuer.name,
    sequence(time(fields.notBefore), time(fields.notAfter)),
    fields.subject,
    fields.publicKey,
  ]
  const extensions = extensionsOf(fields).map((part) => (part instanceof Uint8Array ? part : ownPart(part, fields)))
  const list = total(extensions)
  const tagged = 1 + lengthOctets(list) + list
  const content = total(before) + 1 + lengthOctets(tagged) + tagged
  const out = new Uint8Array(1 + lengthOctets(content) + content)
  let at = writeHeader(out, 0, TAG.SEQUENCE, content)
  for (const part of before) at = write(out, at, part)
  at = writeHeader(out, at, contextOf(3), tagged)
  at = writeHeader(out, at, TAG.SEQUENCE, list)
  for (const part of extensions) at = write(out, at, part)
  return out
}

function total(parts: readonly Uint8Array[]): number {
  let length = 0
  for (const part of parts) length += part.length
  return length
}

function write(out: Uint8Array, at: number, part: Uint8Array): number {
  out.set(part, at)
  return at + part.length
}

/** TBS bytes, AlgorithmIdentifier and signature in one SEQUENCE: certificates, CRLs, requests and OCSP answers share it. */
export const assembleSigned = (tbs: Uint8Array, algorithm: AlgorithmName, signature: Uint8Array): Uint8Array =>
  sequence(tbs, ALGORITHMS[algorithm].signature, bitString(signature))

/** The certificate, DER, signed by the issuer's key. */
export async function issueCertificate(fields: CertificateFields, sign: Sign): Promise<Uint8Array> {
  const tbs = buildTbsCertificate(fields)
  return assembleSigned(tbs, fields.issuer.algorithm, await sign(tbs))
}
