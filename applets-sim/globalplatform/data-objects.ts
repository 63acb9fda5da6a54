/** Where a security domain keeps its data objects: the issuer's are those of the card manager. */
import { equal } from '../../src/base/bytes.ts'
import { cellsOf } from './cells.ts'
import type { DomainContext } from './domain-context.ts'

const tagName = (tag: number): string => tag.toString(16).toUpperCase().padStart(4, '0')

export const dataCell = ({ content, self }: DomainContext, tag: number): string =>
  equal(self.aid, content.registry.isdAid) ? `isd/${tagName(tag)}` : `${cellsOf(self.aid)}data.${tagName(tag)}`
