/** An inspection as lines for people. */
import type { CardIdentity } from '../../../src/applications/identify/identify.ts'
import type { PinStatus } from '../../../src/applications/pin/verify-pin.ts'
import { toPem } from '../../../src/pki/pem.ts'
import type { Inspection, NoCertificate } from './inspect-card.ts'

const FOREIGN = {
  residenceCard: 'a residence card (在留カード)',
  drivingLicence: 'a driving licence (運転免許証)',
  globalPlatform: 'another GlobalPlatform card',
} as const

export function nameOf(identity: CardIdentity): string {
  switch (identity.kind) {
    case 'myNumberCard':
      return 'My Number card (マイナンバーカード)'
    case 'phone':
      return `a phone (${identity.phone})`
    case 'predecessorCard':
      return 'Basic Resident Register card (住民基本台帳カード)'
    case 'foreign':
      return FOREIGN[identity.what]
    case 'unknown':
      return 'a card that is not known here'
    case 'blocked':
      return 'a card whose 公的個人認証AP is locked'
    case 'mute':
      return 'a card that does not answer'
  }
}

function statusText(status: PinStatus): string {
  switch (status.kind) {
    case 'open':
      return `${status.triesLeft} ${status.triesLeft === 1 ? 'try' : 'tries'} left`
    case 'unlimited':
      return 'no limit of tries'
    case 'blocked':
      return 'blocked, or never set'
    case 'missing':
      return 'not on this card'
  }
}

const MISSING: Readonly<Record<NoCertificate, string>> = {
  absent: 'not on this card',
  pinNeeded: 'opened by a PIN',
  malformed: 'damaged: cannot be read as a certificate',
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** `pem` prints the public certificates themselves, whose names and numbers are the holder's. */
export function formatInspection(inspection: Inspection, now: number, pem: boolean): readonly string[] {
  const { identity, applications, locked, token, expiry, municipality, pins, certificates } = inspection
  const lines = [nameOf(identity)]
  if (token !== undefined) lines.push(`token ${token}`)
  const named = applications.map((name) => (locked.includes(name) ? `${name} (locked)` : name))
  if (named.length > 0) lines.push(`applications ${named.join(', ')}`)
  if (municipality !== undefined) lines.push(`municipality ${municipality}`)
  if (expiry !== undefined) lines.push(`valid until ${expiry.replace(/(....)(..)(..)/, '$1-$2-$3')}`)
  if (pins.length > 0) lines.push('', 'PINs', ...pins.map(({ title, status }) => `  ${title}: ${statusText(status)}`))
  if (certificates.length > 0) lines.push('', 'Public certificates')
  for (const certificate of certificates) {
    if ('missing' in certificate) {
      lines.push(`  ${certificate.name}: ${MISSING[certificate.missing]}`)
      continue
    }
    const { name, der, contents } = certificate
    if (contents === undefined) lines.push(`  ${name}: ${der.length} bytes that are no certificate`)
    else {
      const state = now > contents.notAfter ? ', expired' : now < contents.notBefore ? ', not yet valid' : ''
      lines.push(`  ${name}: ${day(contents.notBefore)} – ${day(contents.notAfter)}${state}`)
      lines.push(`    issuer ${contents.issuer}`)
      if (contents.policies.length > 0) lines.push(`    policy ${contents.policies.join(', ')}`)
    }
    if (pem) lines.push(toPem('CERTIFICATE', der).trimEnd())
  }
  return lines
}
