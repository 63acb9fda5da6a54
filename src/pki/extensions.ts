/** Certificate extensions (RFC 5280, 4.2): one encoder and one reader each. */
import {
  boolean,
  context,
  contextOf,
  der,
  ia5String,
  integerContent,
  namedBits,
  octetString,
  oid,
  sequence,
  TAG,
} from './der.ts'
import { DerCursor, unsignedValue } from './der-reader.ts'
import { directoryName, type GeneralName, readGeneralName, readGeneralNames, uri } from './general-name.ts'
import type { Name } from './name.ts'
import { OID } from './oids.ts'

/** Bits of keyUsage by number (RFC 5280, 4.2.1.3). */
export const KEY_USAGE = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const
export type KeyUsage = (typeof KEY_USAGE)[number]

/** Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue OCTET STRING }. */
export const extension = (id: string, critical: boolean, value: Uint8Array): Uint8Array =>
  critical ? sequence(oid(id), boolean(true), octetString(value)) : sequence(oid(id), octetString(value))

export const keyUsageValue = (usages: readonly KeyUsage[]) => namedBits(usages.map((usage) => KEY_USAGE.indexOf(usage)))
export const extKeyUsageValue = (purposes: readonly string[]) => sequence(...purposes.map(oid))
export const basicConstraintsCa = () => sequence(boolean(true))
export const subjectKeyIdValue = (keyId: Uint8Array) => octetString(keyId)
export const policyValue = (policy: string, cps: string) =>
  sequence(sequence(oid(policy), sequence(sequence(oid(OID.cpsQualifier), ia5String(cps)))))
export const ocspAccessValue = (url: string) => sequence(sequence(oid(OID.ocsp), uri(url)))

/** One distribution point known by a directory name and, where there is one, an address. */
export const distributionPointsValue = (name: Uint8Array, url?: string) =>
  sequence(sequence(distributionPointName(name, url)))

/** `[0] { fullName [0] { directoryName, URI } }`, as CRLDistributionPoints and IssuingDistributionPoint hold it. */
export const distributionPointName = (name: Uint8Array, url?: string) =>
  der(contextOf(0), der(contextOf(0), directoryName(name), ...(url === undefined ? [] : [uri(url)])))

/** keyIdentifier, authorityCertIssuer and authorityCertSerialNumber, all three as JPKI writes them. */
export const authorityKeyIdValue = (keyId: Uint8Array, issuer: Uint8Array, serial: number | bigint) =>
  sequence(der(context(0), keyId), der(contextOf(1), directoryName(issuer)), der(context(2), integerContent(serial)))

export interface AuthorityKeyId {
  readonly keyId?: Uint8Array
  readonly issuer?: Name
  readonly serial?: bigint
}

export interface Extensions {
  /** Every extension in the order of the certificate. */
  readonly order: readonly { readonly id: string; readonly critical: boolean }[]
  /** Critical extensions this module does not know: a relying party must refuse the certificate. */
  readonly unknownCritical: readonly string[]
  readonly keyUsage?: readonly KeyUsage[]
  readonly extKeyUsage?: readonly string[]
  readonly policies?: readonly { readonly policy: string; readonly cps?: string }[]
  readonly issuerAltName?: readonly GeneralName[]
  readonly subjectAltName?: readonly GeneralName[]
  readonly basicConstraints?: { readonly ca: boolean; readonly pathLength?: number }
  readonly distributionPoints?: readonly (readonly GeneralName[])[]
  /** Locations of authorityInfoAccess entries whose method is OCSP. */
  readonly ocsp?: readonly string[]
  readonly authorityKeyId?: AuthorityKeyId
  readonly subjectKeyId?: Uint8Array
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type Reader = (into: Mutable<Extensions>, value: DerCursor) => void

const READERS: Readonly<Record<string, Reader>> = {
  [OID.keyUsage]: (into, value) => {
    const bits = value.namedBits('keyUsage')
    if (bits.length === 0 || bits.some((bit) => bit >= KEY_USAGE.length))
      value.fail('keyUsage', 'is empty or has unknown bits')
    into.keyUsage = bits.map((bit) => KEY_USAGE[bit] as KeyUsage)
  },
  [OID.extKeyUsage]: (into, value) => {
    into.extKeyUsage = value.list('extKeyUsage', (inner) => inner.oid('extKeyUsage'), 1)
  },
  [OID.certificatePolicies]: (into, value) => {
    into.policies = value.list('certificatePolicies', readPolicy, 1)
  },
  [OID.issuerAltName]: (into, value) => {
    into.issuerAltName = readGeneralNames(value, 'issuerAltName')
  },
  [OID.subjectAltName]: (into, value) => {
    into.subjectAltName = readGeneralNames(value, 'subjectAltName')
  },
  [OID.basicConstraints]: (into, value) => {
    into.basicConstraints = value.sequence('basicConstraints', (inner) => {
      const ca = inner.defaultFalse('basicConstraints cA')
      return inner.atEnd ? { ca } : { ca, pathLength: inner.small('basicConstraints pathLength') }
    })
  },
  [OID.cRLDistributionPoints]: (into, value) => {
    into.distributionPoints = value.list('cRLDistributionPoints', readDistributionPoint, 1)
  },
  [OID.authorityInfoAccess]: (into, value) => {
    const entries = value.list('authorityInfoAccess', readAccessDescription, 1)
    into.ocsp = entries.flatMap(({ method, location }) =>
      method === OID.ocsp && location.kind === 'uri' ? [location.uri] : [],
    )
  },
  [OID.authorityKeyIdentifier]: (into, value) => {
    into.authorityKeyId = value.sequence('authorityKeyIdentifier', readAuthorityKeyId)
  },
  [OID.subjectKeyIdentifier]: (into, value) => {
    into.subjectKeyId = value.octetString('subjectKeyIdentifier')
  },
}

/** Reads the SEQUENCE OF Extension. Each extension at most once; known ones must be well-formed to the last byte. */
export function readExtensions(cursor: DerCursor): Extensions {
  const unknownCritical: string[] = []
  const into: Mutable<Extensions> = { order: [], unknownCritical }
  const seen = new Set<string>()
  into.order = cursor.list(
    'extensions',
    (list) =>
      list.sequence('extension', (inner) => {
        const id = inner.oid('extension id')
        if (seen.has(id)) inner.fail('extension', `${id} occurs twice`)
        seen.add(id)
        const critical = inner.defaultFalse('extension critical')
        const { content, offset } = inner.expect(TAG.OCTET_STRING, 'extension value')
        const reader = READERS[id]
        if (reader === undefined) {
          if (critical) unknownCritical.push(id)
        } else {
          const value = new DerCursor(inner.bytes, offset, offset + content.length)
          reader(into, value)
          value.end(`extension ${id}`)
        }
        return { id, critical }
      }),
    1,
  )
  return into
}

function readPolicy(cursor: DerCursor): { policy: string; cps?: string } {
  return cursor.sequence('policy', (inner) => {
    const policy = inner.oid('policy')
    if (inner.atEnd) return { policy }
    const qualifiers = inner.list(
      'policy qualifiers',
      (list) =>
        list.sequence('policy qualifier', (qualifier) => {
          const id = qualifier.oid('policy qualifier')
          if (id === OID.cpsQualifier) return qualifier.text('CPS', TAG.IA5_STRING)
          qualifier.any('policy qualifier')
          return undefined
        }),
      1,
    )
    const cps = qualifiers.find((qualifier) => qualifier !== undefined)
    return cps === undefined ? { policy } : { policy, cps }
  })
}

function readDistributionPoint(cursor: DerCursor): readonly GeneralName[] {
  return cursor.sequence('distribution point', (inner) => {
    const names = inner.optionally(contextOf(0), 'distribution point name', readDistributionPointName) ?? []
    if (inner.tag === context(1)) inner.namedBits('distribution point reasons', context(1))
    if (inner.tag === contextOf(2)) readGeneralNames(inner, 'cRLIssuer', contextOf(2))
    return names
  })
}

/** The CHOICE inside DistributionPointName; only fullName is known here. */
export const readDistributionPointName = (cursor: DerCursor): readonly GeneralName[] =>
  readGeneralNames(cursor, 'fullName', contextOf(0))

function readAccessDescription(cursor: DerCursor): { method: string; location: GeneralName } {
  return cursor.sequence('access description', (inner) => ({
    method: inner.oid('access method'),
    location: readGeneralName(inner, 'access location'),
  }))
}

export function readAuthorityKeyId(cursor: DerCursor): AuthorityKeyId {
  const into: Mutable<AuthorityKeyId> = {}
  const keyId = cursor.optional(context(0), 'authority key id')
  if (keyId !== undefined) into.keyId = keyId.content
  if (cursor.tag === contextOf(1)) {
    const name = readGeneralNames(cursor, 'authority issuer', contextOf(1)).find(({ kind }) => kind === 'directoryName')
    if (name?.kind === 'directoryName') into.issuer = name.name
  }
  if (cursor.tag === context(2)) into.serial = unsignedValue(cursor.integerContent('authority serial', context(2)))
  return into
}
