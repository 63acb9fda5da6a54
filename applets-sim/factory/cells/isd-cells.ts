/**
 * Data objects at card-manager level (facts 1.7). Each cell is what GET DATA answers: values without tag, certificates without
 * their `7F21` template, the recognition data with its tag `66` as GlobalPlatform 2.3.1, H.2 has it.
 */
import { ascii } from '../../../src/base/bytes.ts'
import { fromHex } from '../../../src/base/hex.ts'
import { tlv } from '../../../src/base/tlv.ts'
import { cvIntermediate, cvLower, cvRoot } from '../authority.ts'
import type { CardPlan, Cells } from '../card-plan.ts'
import { cardVerifiableContents, keyReference } from '../card-verifiable.ts'

/** GlobalPlatform 2.3.1, SCP03 with i = 70 (pseudo-random challenge, R-MAC, R-ENCRYPTION). */
const RECOGNITION = tlv(
  0x66,
  tlv(
    0x73,
    fromHex('06072A864886FC6B01'),
    tlv(0x60, fromHex('060A2A864886FC6B02020301')),
    tlv(0x63, fromHex('06072A864886FC6B03')),
    tlv(0x64, fromHex('06092A864886FC6B040370')),
  ),
)

let chain: Pick<Cells, '00F8' | '7F21'> | undefined

/** The chain is the same on every card, so it is signed once. */
function certificateChain(): Cells {
  if (chain !== undefined) return chain
  const [root, intermediate, lower] = [cvRoot('cardManager'), cvIntermediate(), cvLower()]
  const certify = (by: typeof root, subject: typeof root) =>
    cardVerifiableContents({
      certifier: by.reference,
      subject: subject.reference,
      subjectKey: subject.key,
      sign: by.key.sign,
    })
  chain = { '00F8': certify(root, intermediate), '7F21': certify(intermediate, lower) }
  return chain
}

export function isdCells({ holder, cardExpiry }: CardPlan): Cells {
  const intermediate = keyReference(cvIntermediate().reference)
  return {
    '0042': keyReference('9000010/001'),
    '0045': ascii(holder.printedNumber),
    '0066': RECOGNITION,
    '00F0': ascii(holder.municipality.code),
    '00F2': ascii(cardExpiry),
    '00F7': intermediate,
    ...certificateChain(),
  }
}
