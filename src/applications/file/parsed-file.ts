/** A file that holds one template, read and parsed. */
import { CardFault } from '../../card/card-failure.ts'
import type { Channel } from '../../card/transaction-hold.ts'
import { type FileContent, readFile } from './read-file.ts'
import { type FileRef, labelOf } from './select-file.ts'

export type Parsed<T> = { readonly kind: 'read'; readonly value: T } | Exclude<FileContent, { kind: 'read' }>

/** Throws the fault `malformed` when `parse` gives undefined. */
export async function parsed<T>(
  channel: Channel,
  file: FileRef,
  tag: number,
  parse: (bytes: Uint8Array) => T | undefined,
): Promise<Parsed<T>> {
  const content = await readFile(channel, file, { tag })
  if (content.kind !== 'read') return content
  const value = parse(content.bytes)
  if (value === undefined) throw new CardFault({ kind: 'malformed', label: labelOf('READ', file) })
  return { kind: 'read', value }
}
