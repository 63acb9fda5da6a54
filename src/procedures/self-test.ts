/**
 * The chip's self-test right before the hand-over (P7): every application selects, every PIN verifies, every certificate reads, matches
 * the key on the card and is good at the backend. It spends no try unless a PIN is wrong.
 */

import { APPLICATIONS, select } from '../applications/application.ts'
import { CommonSession } from '../applications/common/common-session.ts'
import { certificateContents, isSignedByKeyOf } from '../applications/jpki/certificate-contents.ts'
import { JpkiSession } from '../applications/jpki/jpki-session.ts'
import { JukiSession } from '../applications/juki/juki-session.ts'
import type { Verified } from '../applications/pin/verify-pin.ts'
import { TextSession } from '../applications/text/text-session.ts'
import { base64 } from '../base/base64.ts'
import type { FailureCode } from '../base/failures/catalogue.ts'
import type { Secret } from '../base/secret.ts'
import type { Transaction } from '../card/transaction-hold.ts'
import type { StaffViewOf } from '../wire/staff-view.ts'
import type { PinName } from '../wire/view.ts'
import type { HolderCard } from './holder-card.ts'
import { failureOfAnswer } from './steps/refusal.ts'
import { signChallenge } from './steps/sign-challenge.ts'
import type { Terminal } from './terminal.ts'

export type SelfTestItems = StaffViewOf<'selfTest'>['items']
type Part = NonNullable<SelfTestItems[number]['failed']>[number]
type Kind = 'auth' | 'sign'

/** What this card is to have. A face-authentication card has no PINs (F11): then no key is asked to sign. */
export interface Wanted {
  readonly serial: string
  /** Each used once per place, and once for the key. */
  readonly pins: Readonly<Partial<Record<PinName, Secret>>>
  readonly certificates: readonly Kind[]
}

export type SelfTested = { readonly items: SelfTestItems } | { readonly failure: FailureCode }

/** Uses the PINs up. Rejects with `Stopped`. */
export async function selfTest(terminal: Terminal, card: HolderCard, wanted: Wanted): Promise<SelfTested> {
  const nonce = terminal.random.bytes(NONCE_BYTES)
  const read = await card.transaction((tx) => onChip(tx, wanted, nonce))
  if (read.kind !== 'ok') return { failure: read.kind }
  const { dead, wrong, held } = read.value
  const known = await atBackend(terminal, wanted, held)
  if ('failure' in known) return known
  const bad: Part[] = []
  for (const kind of wanted.certificates) {
    const matches = await isOfKey(held[kind], nonce, wanted.pins[kind] !== undefined)
    if (!matches || !known.good.has(kind)) bad.push(kind)
  }
  return { items: [item('applicationsSelect', dead), item('pinsVerify', wrong), item('certificatesGood', bad)] }
}

const NONCE_BYTES = 32

const item = (name: SelfTestItems[number]['item'], failed: readonly Part[]): SelfTestItems[number] => ({
  ...{ item: name, passed: failed.length === 0 },
  ...(failed.length > 0 && { failed: [...failed] }),
})

interface Held {
  readonly certificate: Uint8Array
  /** Over the nonce; absent where no PIN opens the key. */
  readonly signature?: Uint8Array
}

interface OnChip {
  readonly dead: readonly Part[]
  readonly wrong: readonly Part[]
  readonly held: Readonly<Partial<Record<Kind, Held>>>
}

const APPLICATION_NAMES = ['jpki', 'visual', 'text', 'juki', 'common'] as const

async function onChip(tx: Transaction, { pins, certificates }: Wanted, nonce: Uint8Array): Promise<OnChip> {
  const dead = await notSelecting(tx)
  const wrong: Part[] = []
  const held: Partial<Record<Kind, Held>> = {}
  for (const kind of dead.includes('jpki') ? [] : (['auth', 'sign'] as const)) {
    const jpki = await JpkiSession.open(tx)
    const pin = pins[kind]
    if (pin !== undefined && !verifies(await jpki.verifyPin(kind, pin))) wrong.push(kind)
    if (!certificates.includes(kind)) continue
    const content = await jpki.certificate(kind)
    if (content.kind !== 'read') continue
    const signature = pin && (await signChallenge(jpki, kind, nonce))
    held[kind] = { certificate: content.bytes, ...(signature !== undefined && { signature }) }
  }
  const { text, juki } = pins
  if (text !== undefined && !dead.includes('text') && !verifies(await (await TextSession.open(tx)).verify('pin', text)))
    wrong.push('text')
  if (juki !== undefined && !(await verifiesInBoth(tx, juki, dead))) wrong.push('juki')
  return { dead, wrong, held }
}

async function notSelecting(tx: Transaction): Promise<Part[]> {
  const dead: Part[] = []
  for (const name of APPLICATION_NAMES) if ((await select(tx, name, APPLICATIONS[name])) !== 'selected') dead.push(name)
  return dead
}

const verifies = ({ kind }: Verified): boolean => kind === 'verified'

/** The 住民基本台帳用 PIN is one to its holder and lies in two places (facts 3.1). */
async function verifiesInBoth(tx: Transaction, pin: Secret, dead: readonly Part[]): Promise<boolean> {
  if (dead.includes('juki') || dead.includes('common')) return false
  const again = pin.twin()
  const first = await (await JukiSession.open(tx)).verifyPin(pin)
  const second = await (await CommonSession.open(tx)).verifyPin(again)
  return verifies(first) && verifies(second)
}

/** A signature by the card's key over a fresh nonce, checked with the certificate's. Without a PIN the proof of the setup has to do. */
async function isOfKey(held: Held | undefined, nonce: Uint8Array, pinSet: boolean): Promise<boolean> {
  if (held === undefined || certificateContents(held.certificate) === undefined) return false
  if (held.signature === undefined) return !pinSet
  return await isSignedByKeyOf(held.certificate, nonce, held.signature)
}

/** What the backend believes is what lies there, and it is good now. */
async function atBackend(
  { backend }: Terminal,
  { serial, certificates }: Wanted,
  held: OnChip['held'],
): Promise<{ readonly good: ReadonlySet<Kind> } | { readonly failure: FailureCode }> {
  const good = new Set<Kind>()
  const seen = certificates.map((kind) => {
    const bytes = held[kind]?.certificate
    return { kind, ...(bytes !== undefined && { certificate: base64(bytes) }) }
  })
  if (seen.length === 0) return { good }
  const reconciled = await backend.call('reconcileCard', { params: { serial }, body: { seen } })
  if (reconciled.kind !== 'ok') return { failure: failureOfAnswer(reconciled) }
  for (const { kind, verdict, issuer, serial: number } of reconciled.value.certificates) {
    if (verdict !== 'agreed' || issuer === undefined || number === undefined) continue
    const status = await backend.call('checkCertificate', { body: { issuer, serial: number, by: 'live' } })
    if (status.kind !== 'ok') return { failure: failureOfAnswer(status) }
    if (status.value.status === 'good' && status.value.expired !== true) good.add(kind as Kind)
  }
  return { good }
}
