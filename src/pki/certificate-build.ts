/** Making certificates after a profile: the bytes to be signed, then the certificate (RFC 5280, 4.1). */
import { ALGORITHMS, type AlgorithmName, type Sign } from './algorithm.ts'
import { bitString, contextOf, der, integer, nested, nothing, sequence, TAG, time } from './der.ts'
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

/** An extension that is the same in every certificate of this authority, or undefined. */
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

/** What `authorityPart` gave, so that a thousand certificates a second write their common parts once. */
const authorityParts = new WeakMap<Issuer, Map<ExtensionRule, Uint8Array | undefined>>()

const shardValues = new WeakMap<DistributionPoint, Uint8Array>()

function shardValue(point: DistributionPoint): Uint8Array {
  const known = shardValues.get(point)
  if (known !== undefined) return known
  const value = distributionPointsValue(point.name, point.url)
  shardValues.set(point, value)
  return value
}

function ruleBytes(rule: ExtensionRule, fields: CertificateFields): Uint8Array {
  const { issuer, profile } = fields
  let parts = authorityParts.get(issuer)
  if (parts === undefined) {
    parts = new Map()
    authorityParts.set(issuer, parts)
  }
  if (!parts.has(rule)) parts.set(rule, authorityPart(rule, issuer))
  const common = parts.get(rule)
  if (common !== undefined) return common
  switch (rule.id) {
    case 'personalData': {
      const data = needed(fields.personalData, profile, 'personalData')
      return extension(OID.subjectAltName, rule.critical, personalDataValue(data))
    }
    case 'cRLDistributionPoints': {
      const value = shardValue(needed(fields.distributionPoint, profile, 'distributionPoint'))
      return extension(OID.cRLDistributionPoints, rule.critical, value)
    }
    case 'subjectKeyIdentifier':
      return extension(OID.subjectKeyIdentifier, rule.critical, subjectKeyIdValue(fields.keyId))
    default:
      throw new TypeError(`certificate profile ${profile.name}: no extension ${rule.id}`)
  }
}

const VERSION_3 = der(contextOf(0), integer(2))
const EXTENSIONS = [contextOf(3), TAG.SEQUENCE]

/** TBSCertificate, DER: exactly what is to be signed. Throws TypeError when a field the profile needs is missing. */
export const buildTbsCertificate = (fields: CertificateFields): Uint8Array =>
  sequence(
    VERSION_3,
    integer(fields.serial),
    ALGORITHMS[fields.issuer.algorithm].signature,
    fields.issuer.name,
    sequence(time(fields.notBefore), time(fields.notAfter)),
    fields.subject,
    fields.publicKey,
    nested(EXTENSIONS, ...fields.profile.extensions.map((rule) => ruleBytes(rule, fields))),
  )

/** TBS bytes, AlgorithmIdentifier and signature in one SEQUENCE: certificates, CRLs, requests and OCSP answers share it. */
export const assembleSigned = (tbs: Uint8Array, algorithm: AlgorithmName, signature: Uint8Array): Uint8Array =>
  sequence(tbs, ALGORITHMS[algorithm].signature, bitString(signature))

/** The certificate, DER, signed by the issuer's key. */
export async function issueCertificate(fields: CertificateFields, sign: Sign): Promise<Uint8Array> {
  const tbs = buildTbsCertificate(fields)
  return assembleSigned(tbs, fields.issuer.algorithm, await sign(tbs))
}
