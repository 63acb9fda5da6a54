/**
 * May this domain manage this part of the card's content, and on whose word (GPCS 2.3.1, 9.1–9.2 and C.4)? The issuer and
 * domains with Authorized Management decide for themselves, within their own hierarchy; one with Delegated Management needs
 * a token that the issuer has signed.
 */
import { concat, uint } from '../../src/base/bytes.ts'
import type { Command } from '../../src/card/command.ts'
import { SW } from '../../src/card/status-word.ts'
import type { DomainContext } from './domain-context.ts'
import { KVN } from './key-set.ts'
import { has, PRIVILEGE } from './privileges.ts'
import { demand, require } from './refusal.ts'
import { verifySignature } from './signature-key.ts'

/** Throws Refusal unless `affected` (a domain's AID) lies in the hierarchy of this domain. */
export function requireWithin({ content, self }: DomainContext, affected: Uint8Array): void {
  require(content.registry.within(self.aid, affected), SW.CONDITIONS_NOT_SATISFIED)
}

/**
 * Throws Refusal unless this domain may do this. `signed` is the part of the data field before the token; the token signs
 * P1 ‖ P2 ‖ its length ‖ itself. True when a token was used: then a receipt is due.
 */
export function authorise(context: DomainContext, { p1, p2 }: Command, signed: Uint8Array, token: Uint8Array): boolean {
  const { privileges } = context.self
  if (has(privileges, PRIVILEGE.AUTHORIZED_MANAGEMENT)) {
    require(token.length === 0, SW.WRONG_DATA)
    return false
  }
  require(has(privileges, PRIVILEGE.DELEGATED_MANAGEMENT), SW.CONDITIONS_NOT_SATISFIED)
  require(token.length > 0, SW.SECURITY_STATUS)
  const key = demand(context.content.ring(context.content.registry.isdAid).key(KVN.TOKEN, 1), SW.REFERENCE_NOT_FOUND)
  const length = signed.length > 0xff ? concat(Uint8Array.of(0), uint(signed.length, 2)) : uint(signed.length, 1)
  const message = concat(Uint8Array.of(p1, p2), length, signed)
  require(verifySignature(key, message, token), SW.SECURITY_STATUS)
  return true
}
