/** Linting: reads the very bytes that will be signed and applies every rule (rule 2, decision 0140). */

import { equal } from '../../base/bytes.ts'
import { parseCertificate } from '../../pki/certificate.ts'
import { assembleSigned } from '../../pki/certificate-build.ts'
import { readOwn, type Spans, sameFrame, spansOf } from '../../pki/certificate-frame.ts'
import { Refusal } from '../refusal.ts'
import type { LintedFrame } from './lint-frame-rules.ts'
import { LINT_RULES, type Linted, type LintRule, OWN_RULES } from './lint-rules.ts'

export type LintContext = Omit<Linted, 'certificate' | 'size'>

/** A signature of the right length for the size rule; linting never looks at it. */
const PLACEHOLDER = new Uint8Array(256)

/**
 * Names of the rules these bytes break; `strictDer` alone when they do not even parse. Where every byte outside the spans is that of a
 * certificate which passed as a whole under the same authority, profile, kind and municipality, only the spans are looked at.
 */
export function lint(tbs: Uint8Array, context: LintContext): readonly string[] {
  const frame = frames.get(context.issuer)?.get(frameKey(tbs, context))
  const known =
    frame !== undefined &&
    frame.profile === context.profile &&
    equal(frame.distributionPoint, context.distributionPoint) &&
    sameFrame(frame.tbs, tbs, frame.spans)
  return known ? lintOwn(tbs, context, frame) : lintWhole(tbs, context)
}

/** The same from scratch, whatever was seen before. */
export function lintWhole(tbs: Uint8Array, context: LintContext): readonly string[] {
  const encoding = assembleSigned(tbs, context.issuer.algorithm, PLACEHOLDER)
  const parsed = parseCertificate(encoding)
  if (!parsed.ok) return ['strictDer']
  const { value: certificate } = parsed
  const broken = brokenOf(ALL, { ...context, certificate, size: encoding.length })
  if (broken.length === 0) remember(tbs, context, { certificate, size: encoding.length })
  return broken
}

/** Throws `lintFailed` naming the broken rules. */
export function mustPassLint(tbs: Uint8Array, context: LintContext): void {
  const broken = lint(tbs, context)
  if (broken.length > 0) throw new Refusal('lintFailed', broken.join(', '))
}

/** A certificate that passed as a whole, as the example of its frame. */
interface Frame extends Pick<LintedFrame, 'certificate' | 'size' | 'profile' | 'distributionPoint'> {
  readonly tbs: Uint8Array
  readonly spans: Spans
}

const frames = new WeakMap<object, Map<string, Frame>>()
/** Of one authority: every municipality, and the lengths that names and addresses have there. */
const MOST_FRAMES = 4_096

const frameKey = (tbs: Uint8Array, { order }: LintContext) => `${order.kind} ${order.municipality.code} ${tbs.length}`

function remember(tbs: Uint8Array, context: LintContext, seen: Pick<Frame, 'certificate' | 'size'>): void {
  const spans = spansOf(tbs)
  if (!spans.ok) throw spans.error
  const { profile, distributionPoint } = context
  const known = frames.get(context.issuer) ?? new Map<string, Frame>()
  frames.set(context.issuer, known)
  const [oldest] = known.keys()
  if (known.size >= MOST_FRAMES && oldest !== undefined) known.delete(oldest)
  known.set(frameKey(tbs, context), { ...seen, profile, distributionPoint, tbs: tbs.slice(), spans: spans.value })
}

function lintOwn(
  tbs: Uint8Array,
  context: LintContext,
  { certificate: framed, size, spans }: Frame,
): readonly string[] {
  const own = readOwn(tbs, spans)
  if (!own.ok) return ['strictDer']
  const { serial, subject, publicKey, validity, ...extensions } = own.value
  const [notBefore, notAfter] = validity
  const certificate = {
    ...{ issuer: framed.issuer, extensions: { ...framed.extensions, ...extensions } },
    ...{ serial, notBefore, notAfter, subject, publicKey },
  }
  return brokenOf(OWN, { ...context, certificate, size })
}

type NamedRules = readonly (readonly [name: string, rule: LintRule])[]
const ALL: NamedRules = Object.entries(LINT_RULES)
const OWN: NamedRules = Object.entries(OWN_RULES)

function brokenOf(rules: NamedRules, linted: Linted): readonly string[] {
  const broken: string[] = []
  for (const [name, rule] of rules) if (!rule(linted)) broken.push(name)
  return broken
}
