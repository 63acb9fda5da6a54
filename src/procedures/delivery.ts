/**
 * 交付 (F03): staff look at the person, the person chooses the PINs at their own side (F05), the chip tests itself, and only then is the
 * card theirs (P7). Until that last word it stays set up, so a delivery that was cut anywhere is begun again.
 */
import type { FailureCode } from '../base/failures/catalogue.ts'
import type { Secret } from '../base/secret.ts'
import type { PinName } from '../wire/view.ts'
import type { HolderCard } from './holder-card.ts'
import { askNewPin } from './new-pin.ts'
import { type SelfTestItems, selfTest } from './self-test.ts'
import { type FoundCard, knownCard } from './steps/find-card.ts'
import { type Printed, readExpiry } from './steps/guessable.ts'
import { checkIdentity, isTheirs } from './steps/identity.ts'
import { failedBy, failureOfRefusal } from './steps/refusal.ts'
import { type Ending, failed, type Procedure, type Terminal } from './terminal.ts'

type Pins = Partial<Record<PinName, Secret>>
const FOUR_DIGITS = ['auth', 'text', 'juki'] as const

export const delivery: Procedure = async (terminal) => {
  const { backend, staff } = terminal
  const card = await terminal.card()
  terminal.show({ kind: 'keepCard', step: 1, steps: 1 })
  const found = await knownCard(backend, card)
  if ('failure' in found) return failed(found.failure)
  if (!isTheirs(staff, found.holder)) return failed('wrongPerson')
  if (found.state !== 'setUp') return failed('cardNotInState')
  const known = await backend.call('card', { params: { serial: found.serial } })
  if (known.kind !== 'ok') return failedBy(known)
  const active = known.value.certificates.filter(({ state }) => state === 'active').map(({ kind }) => kind)
  const certificates = (['auth', 'sign'] as const).filter((kind) => active.includes(kind))
  if (!certificates.includes('auth')) return failed('certificateMissing')

  // An unattended site has nobody who could look (F51).
  const checked: IdentityChecked | { readonly failure: FailureCode } =
    staff === undefined ? {} : await checkIdentity(terminal, staff, found.serial, 'delivery')
  if ('failure' in checked) return failed(checked.failure)
  const expiry = await card.transaction(readExpiry)
  if (expiry.kind !== 'ok') return failed(expiry.kind)
  const printed = { birth: staff?.person?.birth, expiry: expiry.value }
  const pins: Pins = {}
  try {
    if (!known.value.faceAuth) await choosePins(terminal, certificates.includes('sign'), printed, pins)
    const failure = await setPins(terminal, card, found, pins, checked)
    if (failure !== undefined) return failed(failure)
    const tested = await selfTest(terminal, card, { serial: found.serial, pins, certificates })
    if ('failure' in tested) return failed(tested.failure)
    return await handOver(terminal, found, tested.items, checked)
  } finally {
    for (const pin of Object.values(pins)) pin.destroy()
  }
}

/** One number may do for the three that have four digits (facts 3.1). */
async function choosePins(terminal: Terminal, signs: boolean, printed: Printed, pins: Pins): Promise<void> {
  if (signs) pins.sign = await askNewPin(terminal, 'sign', printed)
  const { same } = await terminal.ask({ kind: 'samePin', pins: [...FOUR_DIGITS] })
  if (!same) {
    for (const pin of FOUR_DIGITS) pins[pin] = await askNewPin(terminal, pin, printed)
    return
  }
  const [first, ...others] = FOUR_DIGITS
  const chosen = await askNewPin(terminal, first, printed, others)
  pins[first] = chosen
  for (const pin of others) pins[pin] = chosen.twin()
}

interface IdentityChecked {
  readonly check?: string
}

async function setPins(
  terminal: Terminal,
  card: HolderCard,
  { serial }: FoundCard,
  pins: Pins,
  { check }: IdentityChecked,
): Promise<FailureCode | undefined> {
  const { script } = terminal
  const chosen = Object.entries(pins) as [PinName, Secret][]
  for (const { ask } of await script.cut(serial)) if (ask.procedure === 'pinReset') await script.withdraw(serial, ask)
  for (const [i, [pin, secret]] of chosen.entries()) {
    terminal.show({ kind: 'keepCard', step: 1 + i, steps: chosen.length + 1 })
    const ask = { procedure: 'pinReset', pin, ...(check !== undefined && { check }) } as const
    // The secret itself stays for the self-test; every script gets a twin of it, also one that has to set it once more.
    const ending = await script.run(card, serial, ask, { newPin: async () => secret.twin() })
    if (ending.kind === 'refused') return failureOfRefusal(ending.code)
    if (ending.kind === 'failed') return ending.failure
  }
  terminal.show({ kind: 'keepCard', step: chosen.length + 1, steps: chosen.length + 1 })
  return undefined
}

/** P7: what did not pass is not handed over, whoever wants it. */
async function handOver(
  { backend, staff }: Terminal,
  { serial }: FoundCard,
  items: SelfTestItems,
  { check }: IdentityChecked,
): Promise<Ending> {
  const answer = await staff?.ask({ kind: 'selfTest', items })
  const passed = (name: SelfTestItems[number]['item']) => items.some((one) => one.item === name && one.passed)
  const results = {
    applicationsSelect: passed('applicationsSelect'),
    pinsVerify: passed('pinsVerify'),
    certificatesGood: passed('certificatesGood'),
  }
  if (!Object.values(results).every(Boolean)) return failed('selfTestFailed')
  if (answer?.handOver === false) return failed('cancelled')
  const body = { to: 'delivered' as const, selfTest: results, ...(check !== undefined && { check }) }
  const moved = await backend.call('moveCard', { params: { serial }, body })
  if (moved.kind !== 'ok') return failedBy(moved)
  return { kind: 'done', procedure: 'delivery', ...(check !== undefined && { reference: check }) }
}
