/**
 * What may be written to a log or a diagnostic report. An allow-list names the fields and what each may hold; all else is
 * dropped, names included. Text that is allowed is scrubbed once more, in case a person's data strayed into it.
 */

/** `label` is text of our own or a reader's name; `code` is one word from a catalogue; `hex` is for bytes known to be nobody's. */
export type FieldRule = 'number' | 'boolean' | 'code' | 'label' | 'hex' | AllowList | readonly [FieldRule]
export interface AllowList {
  readonly [field: string]: FieldRule
}

export type Clean = number | boolean | string | { readonly [field: string]: Clean } | readonly Clean[]

export const MASK = '…'
const LONGEST_LABEL = 128

/** A record with what the list allows of it, and nothing else. Total: never throws, whatever the record holds. */
export function redact(record: unknown, allowed: AllowList): { readonly [field: string]: Clean } {
  const out: Record<string, Clean> = {}
  if (typeof record !== 'object' || record === null) return out
  for (const [field, rule] of Object.entries(allowed)) {
    const value = read(record, field)
    if (value !== undefined) out[field] = clean(value, rule)
  }
  return out
}

function clean(value: unknown, rule: FieldRule): Clean {
  if (rule === 'number') return typeof value === 'number' && Number.isFinite(value) ? value : MASK
  if (rule === 'boolean') return typeof value === 'boolean' ? value : MASK
  if (rule === 'code') return typeof value === 'string' && /^[a-zA-Z][a-zA-Z-]{0,63}$/.test(value) ? value : MASK
  if (rule === 'label') return typeof value === 'string' ? scrub(value) : MASK
  if (rule === 'hex') return typeof value === 'string' && /^[0-9A-F]{0,512}$/.test(value) ? value : MASK
  if (isList(rule)) return Array.isArray(value) ? value.map((item) => clean(item, rule[0])) : MASK
  return typeof value === 'object' && value !== null ? redact(value, rule) : MASK
}

const isList = (rule: AllowList | readonly [FieldRule]): rule is readonly [FieldRule] => Array.isArray(rule)

/** Own data properties only: a getter is somebody else's code. */
function read(record: object, field: string): unknown {
  try {
    return Object.getOwnPropertyDescriptor(record, field)?.value
  } catch {
    return undefined
  }
}

/** Long runs of digits (personal numbers), of hexadecimal digits (bytes), and all that is not printable ASCII (names, addresses). */
export function scrub(text: string): string {
  const masked = text
    .replace(/[^\x20-\x7e]+/g, MASK)
    .replace(/(?:[0-9A-Fa-f]{2}[ :-]?){8,}/g, MASK)
    .replace(/\d(?:[ -]?\d){6,}/g, MASK)
  return masked.length > LONGEST_LABEL ? `${masked.slice(0, LONGEST_LABEL)}${MASK}` : masked
}
