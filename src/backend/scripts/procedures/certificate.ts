/** A new certificate on a card in its holder's hands (F41), who proves it with the PIN. */
import { ISSUER_SECURITY_DOMAIN } from '../../../applications/globalplatform/aid.ts'
import { JPKI } from '../card-files.ts'
import { forApplication } from '../personalise.ts'
import type { PlannedStep, ScriptProcedure } from '../procedure.ts'
import {
  confirmed,
  generating,
  type Kind,
  learnt,
  type MadeFacts,
  ordered,
  proving,
  writing,
} from './certificate-steps.ts'

export const certificateProcedure: ScriptProcedure<MadeFacts> = {
  name: 'certificate',
  domain: () => ({ aid: ISSUER_SECURITY_DOMAIN }),
  async next({ kind, publicKey, evidence }, work) {
    if (publicKey === undefined) return generating(kind)
    const issued = await ordered(kind, publicKey, work)
    if (evidence !== undefined) return confirmed(issued, evidence, work)
    const steps = [
      ...forApplication(JPKI),
      ...(await writing(kind, issued, work)),
      ...proving(kind, issued, pinOf(kind)),
    ]
    return { name: 'write', steps }
  },
  learn: learnt,
  // What was written is written again, the same bytes; what was not proven is proven again.
  doubt: (facts) => facts,
}

const pinOf = (kind: Kind): PlannedStep => ({
  ...{ kind: 'local', label: `VERIFY ${kind}`, action: 'verifyPin', pin: kind, place: 'jpki' },
})
