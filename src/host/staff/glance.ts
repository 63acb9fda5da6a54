/** The card on the resident's reader at a glance: what it tells without a PIN, and what the backend knows of it. No try is spent. */

import { type CardSigns, readCardSigns } from '../../applications/identify/card-signs.ts'
import { applicationsOn } from '../../applications/identify/identify.ts'
import { certificateContents } from '../../applications/jpki/certificate-contents.ts'
import { JpkiSession } from '../../applications/jpki/jpki-session.ts'
import type { FailureCode } from '../../base/failures/catalogue.ts'
import { CardFault, failureCode, type Outcome } from '../../card/card-failure.ts'
import type { Transaction } from '../../card/transaction-hold.ts'
import type { BackendLine } from '../../procedures/backend-line.ts'
import { readPin } from '../../procedures/pins.ts'
import { codeBTries } from '../../procedures/steps/code-b.ts'
import { findCard } from '../../procedures/steps/find-card.ts'
import type { Glance } from '../../wire/staff-view.ts'
import { type PinStatus, pinName } from '../../wire/view.ts'

const NAMES = ['jpki', 'visual', 'text', 'juki', 'common', 'licence'] as const

interface Chip {
  readonly signs: CardSigns
  readonly applications: Glance['applications']
  readonly pins: Glance['pins']
  readonly codeB: number | undefined
  /** What the card says it holds. */
  readonly holds: Readonly<Record<'sign' | 'auth', boolean>>
}

/** The holder as the backend has it, for the terminal alone: a screen names no person it was not told to. */
export interface Seen {
  readonly glance: Glance
  readonly holder?: string
}

export interface ReadableCard {
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<Outcome<T>>
}

export async function seeCard(
  card: ReadableCard,
  backend: BackendLine,
): Promise<Seen | { readonly problem: FailureCode }> {
  const chip = await card.transaction(readChip)
  if (chip.kind !== 'ok') return { problem: failureCode(chip) }
  return await withBackend(chip.value, backend)
}

async function readChip(tx: Transaction): Promise<Chip> {
  const there = await applicationsOn(tx)
  const pins: PinStatus[] = []
  for (const pin of pinName.options) {
    const status = await orUndefined(() => readPin(tx, pin))
    if (status !== undefined) pins.push(status)
  }
  const has = await orUndefined(async () => (await JpkiSession.open(tx)).certificatesPresent())
  return {
    signs: await readCardSigns(tx),
    applications: NAMES.map((name) => ({ name, there: there.includes(name) })),
    pins,
    codeB: await codeBTries(tx),
    holds: has ?? { sign: false, auth: false },
  }
}

/** A locked application hides nothing of the others. */
async function orUndefined<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof CardFault) return undefined
    throw error
  }
}

async function withBackend(chip: Chip, backend: BackendLine): Promise<Seen> {
  const { signs, applications, pins, codeB, holds } = chip
  const onChip = { applications, pins, ...(codeB !== undefined && { codeB }) }
  const notAfter = signs.certificate && certificateContents(signs.certificate)?.notAfter
  const alone = {
    ...onChip,
    certificates: (['sign', 'auth'] as const)
      .filter((kind) => holds[kind])
      .map((kind) => ({ kind, ...(kind === 'auth' && notAfter !== undefined && { notAfter }) })),
    unfinished: 0,
  }
  const found = await findCard(backend, signs)
  if (found.kind === 'away') return { glance: { ...alone, backend: 'away' } }
  if (found.kind === 'refused') return { glance: { ...alone, backend: 'unknownCard' } }
  const { serial, holder } = found.value
  const card = await backend.call('card', { params: { serial } })
  const writes = await backend.call('openWrites', { params: { serial } })
  if (card.kind !== 'ok' || writes.kind !== 'ok') return { glance: { ...alone, serial, backend: 'away' } }
  const { state, expires, faceAuth, certificates } = card.value
  return {
    glance: {
      ...onChip,
      ...{ serial, state, expires, faceAuth },
      certificates: certificates
        .filter((one) => !ENDED.has(one.state))
        .map(({ kind, notAfter, state }) => ({ kind, notAfter, state })),
      unfinished: writes.value.writes.length,
      backend: 'good',
    },
    ...(holder !== undefined && { holder }),
  }
}

const ENDED: ReadonlySet<string> = new Set(['revoked', 'void'])
