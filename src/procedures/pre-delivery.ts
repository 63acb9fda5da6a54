/**
 * 交付前設定 (F03): keys are made on the card, their certificates written, read back and proven, before anybody holds it; PINs come with the
 * delivery. A card that was cut in the middle goes on; one that is set up again – the register changed – gets everything new.
 */
import { JpkiSession } from '../applications/jpki/jpki-session.ts'
import { base64 } from '../base/base64.ts'
import type { FailureCode } from '../base/failures/catalogue.ts'
import type { Transaction } from '../card/transaction-hold.ts'
import type { HolderCard } from './holder-card.ts'
import { type FoundCard, knownCard } from './steps/find-card.ts'
import { isTheirs } from './steps/identity.ts'
import { failedBy, failureOfAnswer, failureOfRefusal } from './steps/refusal.ts'
import { failed, type Procedure, type Terminal } from './terminal.ts'

type Kind = 'auth' | 'sign'
const KINDS: readonly Kind[] = ['auth', 'sign']
const STEPS = 1 + KINDS.length

export const preDelivery: Procedure = async (terminal) => {
  const { backend, staff } = terminal
  const card = await terminal.card()
  terminal.show({ kind: 'keepCard', step: 1, steps: STEPS })
  const found = await knownCard(backend, card)
  if ('failure' in found) return failed(found.failure)
  if (!isTheirs(staff, found.holder)) return failed('wrongPerson')
  if (found.state !== 'dispatched' && found.state !== 'setUp') return failed('cardNotInState')
  const there = await alreadyThere(terminal, card, found)
  if ('failure' in there) return failed(there.failure)

  for (const [i, kind] of KINDS.entries()) {
    terminal.show({ kind: 'keepCard', step: 2 + i, steps: STEPS })
    if (there.kinds.has(kind)) continue
    const ending = await terminal.script.run(card, found.serial, { procedure: 'setUp', kind }, {})
    // Under 15, and on face-authentication cards, there is no signature certificate (F13): the backend says so.
    if (kind === 'sign' && ending.kind === 'refused' && ending.code === 'notEntitled') continue
    if (ending.kind === 'refused') return failed(failureOfRefusal(ending.code))
    if (ending.kind === 'failed') return failed(ending.failure)
  }
  const moved = await backend.call('moveCard', { params: { serial: found.serial }, body: { to: 'setUp' } })
  return moved.kind === 'ok' ? { kind: 'done', procedure: 'preDelivery' } : failedBy(moved)
}

/** What an earlier run brought to its end: nothing, when the card was set up before or an order for it is still open. */
async function alreadyThere(
  { backend, script }: Terminal,
  card: HolderCard,
  { serial, state }: FoundCard,
): Promise<{ readonly kinds: ReadonlySet<Kind> } | { readonly failure: FailureCode }> {
  const kinds = new Set<Kind>()
  if (state === 'setUp') return { kinds }
  const open = await script.cut(serial)
  const read = await card.transaction(certificatesOn)
  if (read.kind !== 'ok') return { failure: read.kind }
  const known = await backend.call('card', { params: { serial } })
  if (known.kind !== 'ok') return { failure: failureOfAnswer(known) }
  for (const kind of KINDS) {
    const isOpen = open.some(({ ask }) => ask.procedure === 'setUp' && ask.kind === kind)
    const isActive = known.value.certificates.some((one) => one.kind === kind && one.state === 'active')
    if (read.value.present[kind] && isActive && !isOpen) kinds.add(kind)
  }
  const { auth } = read.value
  if (!kinds.has('auth') || auth === undefined) return { kinds }
  // The one that can be read without a PIN is compared; the other is when its PIN is there (P7).
  const body = { seen: [{ kind: 'auth' as const, certificate: base64(auth) }] }
  const reconciled = await backend.call('reconcileCard', { params: { serial }, body })
  if (reconciled.kind !== 'ok') return { failure: failureOfAnswer(reconciled) }
  if (reconciled.value.certificates.some(({ verdict }) => verdict !== 'agreed')) kinds.delete('auth')
  return { kinds }
}

async function certificatesOn(tx: Transaction) {
  const jpki = await JpkiSession.open(tx)
  const present = (await jpki.certificatesPresent()) ?? { sign: false, auth: false }
  const auth = await jpki.certificate('auth')
  return { present, auth: auth.kind === 'read' ? auth.bytes : undefined }
}
