/** What can be told of a card without a PIN, without a try, without a write – and without telling who its holder is. */
import type { ApplicationName } from '../../../src/applications/application.ts'
import { CardManagerSession } from '../../../src/applications/card-manager/card-manager-session.ts'
import { CommonSession } from '../../../src/applications/common/common-session.ts'
import { applicationsOn, type CardIdentity, identify } from '../../../src/applications/identify/identify.ts'
import { certificateContents } from '../../../src/applications/jpki/certificate-contents.ts'
import type { CertificateName } from '../../../src/applications/jpki/jpki-files.ts'
import { JpkiSession } from '../../../src/applications/jpki/jpki-session.ts'
import { JukiSession } from '../../../src/applications/juki/juki-session.ts'
import { LicenceSession } from '../../../src/applications/licence/licence-session.ts'
import type { PinStatus } from '../../../src/applications/pin/verify-pin.ts'
import { TextSession } from '../../../src/applications/text/text-session.ts'
import { VisualSession } from '../../../src/applications/visual/visual-session.ts'
import { CardFault } from '../../../src/card/card-failure.ts'
import type { Transaction } from '../../../src/card/transaction-hold.ts'
import { formatName } from '../../../src/pki/name.ts'

export interface PublicCertificate {
  readonly name: CertificateName
  readonly der: Uint8Array
  /** Absent for what cannot be read as a certificate. */
  readonly contents?: {
    readonly issuer: string
    readonly notBefore: number
    readonly notAfter: number
    readonly policies: readonly string[]
  }
}

/** Why a certificate is not shown: not there, opened by a PIN, or damaged. */
export type NoCertificate = 'absent' | 'pinNeeded' | 'malformed'

type Pin = { readonly title: string; readonly status: PinStatus }
type Found = PublicCertificate | { readonly name: CertificateName; readonly missing: NoCertificate }

export interface Inspection {
  readonly identity: CardIdentity
  readonly applications: readonly ApplicationName[]
  /** Those of them that are stopped and tell nothing. */
  readonly locked: readonly ApplicationName[]
  readonly token?: string
  readonly expiry?: string
  readonly municipality?: string
  readonly pins: readonly Pin[]
  readonly certificates: readonly Found[]
}

const PUBLIC: readonly CertificateName[] = ['auth', 'authCa', 'signCa']

/** PINs of the applications beside the 公的個人認証AP, in the order in which they are told. */
const PINS: Partial<Record<ApplicationName, (tx: Transaction) => Promise<readonly Pin[]>>> = {
  text: async (tx) => {
    const text = await TextSession.open(tx)
    return [
      { title: '券面事項入力補助用暗証番号', status: await text.pinStatus('pin') },
      { title: '照合番号A (入力補助)', status: await text.pinStatus('codeA') },
      { title: '照合番号B (入力補助)', status: await text.pinStatus('codeB') },
    ]
  },
  juki: async (tx) => [
    { title: '住民基本台帳用暗証番号 (住基)', status: await (await JukiSession.open(tx)).pinStatus() },
  ],
  common: async (tx) => [
    { title: '住民基本台帳用暗証番号 (共通)', status: await (await CommonSession.open(tx)).pinStatus() },
  ],
  visual: async (tx) => {
    const visual = await VisualSession.open(tx)
    return [
      { title: '照合番号A (券面)', status: await visual.pinStatus('codeA') },
      { title: '照合番号B (券面)', status: await visual.pinStatus('codeB') },
      { title: '生年月日 (券面)', status: await visual.pinStatus('birth') },
    ]
  },
  licence: async (tx) => [
    { title: '免許情報記録の暗証番号', status: await (await LicenceSession.open(tx)).pinStatus() },
  ],
}

export async function inspectCard(tx: Transaction): Promise<Inspection> {
  const identity = await identify(tx)
  const nothing = { identity, applications: [], locked: [], pins: [], certificates: [] }
  if (identity.kind === 'phone' || identity.kind === 'predecessorCard') return { ...nothing, ...(await jpki(tx)) }
  if (identity.kind !== 'myNumberCard' && identity.kind !== 'blocked') return nothing
  const applications = identity.kind === 'blocked' ? await applicationsOn(tx) : identity.applications
  const locked: ApplicationName[] = []
  const look = async <T>(name: ApplicationName, work: (tx: Transaction) => Promise<T>): Promise<T | undefined> => {
    const told = applications.includes(name) ? await unlessLocked(() => work(tx)) : undefined
    if (told === 'locked') locked.push(name)
    return told === 'locked' ? undefined : told
  }
  const card = await look('card-manager', async () => (await CardManagerSession.open(tx)).cardData())
  const found = await look('jpki', jpki)
  const pins = [...(found?.pins ?? [])]
  for (const [name, pinsOf] of Object.entries(PINS) as [ApplicationName, (typeof PINS)[ApplicationName] & {}][])
    pins.push(...((await look(name, pinsOf)) ?? []))
  return {
    identity,
    applications,
    locked,
    ...(card?.municipality && { municipality: card.municipality }),
    ...(card?.expiry && { expiry: card.expiry }),
    ...(found && { token: found.token }),
    pins,
    certificates: found?.certificates ?? [],
  }
}

/** One stopped application hides nothing of the others. */
async function unlessLocked<T>(work: () => Promise<T>): Promise<T | 'locked'> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof CardFault && error.failure.kind === 'applicationLocked') return 'locked'
    throw error
  }
}

async function jpki(tx: Transaction): Promise<Pick<Inspection, 'pins' | 'certificates'> & { readonly token: string }> {
  const session = await JpkiSession.open(tx)
  const { label } = await session.tokenInfo()
  const certificates: Found[] = []
  for (const name of PUBLIC) certificates.push(await certificate(session, name))
  const pins = [
    { title: '署名用電子証明書用暗証番号', status: await session.pinStatus('sign') },
    { title: '利用者証明用電子証明書用暗証番号', status: await session.pinStatus('auth') },
  ]
  return { token: label, pins, certificates }
}

/** A damaged certificate is one of the things an inspection is there to find. */
async function certificate(session: JpkiSession, name: CertificateName): Promise<Found> {
  try {
    const content = await session.certificate(name)
    if (content.kind !== 'read') return { name, missing: content.kind }
    return { name, der: content.bytes, ...contentsOf(content.bytes) }
  } catch (error) {
    if (error instanceof CardFault && error.failure.kind === 'malformed') return { name, missing: 'malformed' }
    throw error
  }
}

function contentsOf(der: Uint8Array): Pick<PublicCertificate, 'contents'> {
  const found = certificateContents(der)
  if (found === undefined) return {}
  const { notBefore, notAfter, policies, certificate } = found
  return { contents: { issuer: formatName(certificate.issuer), notBefore, notAfter, policies } }
}
