/** DAP verification (GPCS 2.3.1, 9.2.1 and C.3): domains that must have signed the hash of a load file before it is taken. */
import { equal } from '../../src/base/bytes.ts'
import { findTlv, parseTlvs } from '../../src/base/tlv.ts'
import { SW } from '../../src/card/status-word.ts'
import type { DomainContext } from './domain-context.ts'
import { TAG } from './entry.ts'
import { KVN } from './key-set.ts'
import { has, PRIVILEGE } from './privileges.ts'
import { demand, require } from './refusal.ts'
import { verifySignature } from './signature-key.ts'

const SIGNATURE = 0xc3

/** `blocks` are the values of the E2 objects. Throws Refusal 6982 when one is missing or does not verify. */
export function verifyDap(
  { content }: DomainContext,
  target: Uint8Array,
  hash: Uint8Array,
  blocks: readonly Uint8Array[],
): void {
  const signed = blocks.map((block) => {
    const objects = parseTlvs(block)
    const aid = demand(findTlv(objects, TAG.AID), SW.WRONG_DATA)
    const signature = demand(findTlv(objects, SIGNATURE), SW.WRONG_DATA)
    const domain = demand(content.registry.domain(aid), SW.REFERENCE_NOT_FOUND)
    require(has(domain.privileges, PRIVILEGE.DAP_VERIFICATION), SW.CONDITIONS_NOT_SATISFIED)
    const key = demand(content.ring(aid).key(KVN.DAP, 1), SW.REFERENCE_NOT_FOUND)
    require(hash.length > 0 && verifySignature(key, hash, signature), SW.SECURITY_STATUS)
    return aid
  })
  const due = content.registry.instances().filter(({ aid, privileges }) => {
    const own = equal(aid, target) && has(privileges, PRIVILEGE.DAP_VERIFICATION)
    return own || has(privileges, PRIVILEGE.MANDATED_DAP)
  })
  for (const { aid } of due) require(signed.some((signer) => equal(signer, aid)), SW.SECURITY_STATUS)
}
