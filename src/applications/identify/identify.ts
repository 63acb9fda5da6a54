/** Which card is this? Every answer is a value: a stranger's card is as normal as a resident's. Nothing is spent by asking. */
import { fromHex } from '../../base/hex.ts'
import { Card } from '../../card/card.ts'
import type { CardFailure } from '../../card/card-failure.ts'
import type { CardOptions } from '../../card/card-seat.ts'
import type { ReaderService } from '../../card/ports.ts'
import type { Transaction } from '../../card/transaction-hold.ts'
import { APPLICATIONS, type ApplicationName, select } from '../application.ts'
import { readFile } from '../file/read-file.ts'
import { TOKEN_INFO } from '../jpki/jpki-files.ts'
import { parseTokenInfo } from '../jpki/token-info.ts'

export type CardIdentity =
  | { readonly kind: 'myNumberCard'; readonly applications: readonly ApplicationName[] }
  | { readonly kind: 'phone'; readonly phone: 'android' | 'iPhone' }
  /** 住民基本台帳カード. */
  | { readonly kind: 'predecessorCard' }
  /** Another card one knows by its applications. */
  | { readonly kind: 'foreign'; readonly what: ForeignCard }
  /** It answers, and nothing it says is known here. */
  | { readonly kind: 'unknown' }
  /** The 公的個人認証AP is locked: an authority stopped it. (Blocked PINs are the state of a PIN, not of a card.) */
  | { readonly kind: 'blocked' }
  /** It gives no answer to reset. */
  | { readonly kind: 'mute' }

export type ForeignCard = 'residenceCard' | 'drivingLicence' | 'globalPlatform'

/** Cards a Japanese terminal meets (facts 2.1), and what any GlobalPlatform card has. The first that is there names the card. */
const FOREIGN: readonly (readonly [ForeignCard, Uint8Array])[] = [
  ['residenceCard', fromHex('D392F0004F0200000000000000000000')],
  ['residenceCard', fromHex('D392F0004F0100000000000000000000')],
  ['drivingLicence', fromHex('A0000002310100000000000000000000')],
  ['globalPlatform', APPLICATIONS['card-manager']],
  ['globalPlatform', fromHex('A000000151000000')],
]

/** Inside a transaction, by SELECT and what is free to read. */
export async function identify(tx: Transaction): Promise<CardIdentity> {
  const jpki = await select(tx, 'jpki', APPLICATIONS.jpki)
  if (jpki === 'locked') return { kind: 'blocked' }
  if (jpki === 'absent') return await strange(tx)
  const content = await readFile(tx, TOKEN_INFO)
  const token = content.kind === 'read' ? parseTokenInfo(content.bytes)?.kind : undefined
  switch (token) {
    case 'predecessorCard':
      return { kind: 'predecessorCard' }
    case 'androidPhone':
      return { kind: 'phone', phone: 'android' }
    case 'iPhone':
      return { kind: 'phone', phone: 'iPhone' }
    case 'myNumberCard':
      return { kind: 'myNumberCard', applications: await applicationsOn(tx) }
    default:
      return { kind: 'unknown' }
  }
}

/** From a reader: mute is an identity too; a reader that cannot be used is a failure. */
export async function identifyAt(
  service: ReaderService,
  reader: string,
  options: CardOptions = {},
): Promise<CardIdentity | { readonly kind: 'unusable'; readonly failure: CardFailure }> {
  const opened = await Card.open(service, reader, options)
  if (opened.kind === 'mute') return { kind: 'mute' }
  if (opened.kind !== 'ok') return { kind: 'unusable', failure: opened }
  try {
    const outcome = await opened.value.transaction(identify)
    if (outcome.kind === 'ok') return outcome.value
    return outcome.kind === 'mute' ? { kind: 'mute' } : { kind: 'unusable', failure: outcome }
  } finally {
    await opened.value.close()
  }
}

async function strange(tx: Transaction): Promise<CardIdentity> {
  for (const [what, aid] of FOREIGN) if ((await select(tx, what, aid)) !== 'absent') return { kind: 'foreign', what }
  return { kind: 'unknown' }
}

/** Which of the applications of a My Number card are there, locked ones included. */
export async function applicationsOn(tx: Transaction): Promise<readonly ApplicationName[]> {
  const found: ApplicationName[] = []
  for (const [name, aid] of Object.entries(APPLICATIONS) as [ApplicationName, Uint8Array][])
    if ((await select(tx, name, aid)) !== 'absent') found.push(name)
  return found
}
