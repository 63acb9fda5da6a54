/** Linting: parses the very bytes that will be signed and applies every rule (rule 2). */

import { parseCertificate } from '../../pki/certificate.ts'
import { assembleSigned } from '../../pki/certificate-build.ts'
import { Refusal } from '../refusal.ts'
import { LINT_RULES, type Linted } from './lint-rules.ts'

/** A signature of the right length for the size rule; linting never looks at it. */
const PLACEHOLDER = new Uint8Array(256)

/** Names of the rules these bytes break; `strictDer` alone when they do not even parse. */
export function lint(tbs: Uint8Array, context: Omit<Linted, 'certificate' | 'size'>): readonly string[] {
  const encoding = assembleSigned(tbs, context.issuer.algorithm, PLACEHOLDER)
  const parsed = parseCertificate(encoding)
  if (!parsed.ok) return ['strictDer']
  const linted: Linted = { ...context, certificate: parsed.value, size: encoding.length }
  return Object.entries(LINT_RULES).flatMap(([name, rule]) => (rule(linted) ? [] : [name]))
}

/** Throws `lintFailed` naming the broken rules. */
export function mustPassLint(tbs: Uint8Array, context: Omit<Linted, 'certificate' | 'size'>): void {
  const broken = lint(tbs, context)
  if (broken.length > 0) throw new Refusal('lintFailed', broken.join(', '))
}
