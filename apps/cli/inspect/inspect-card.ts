/** What can be told of a card without a PIN, without a try, without a write – and without telling who its holder is. */
import { CardManagerSession } from '../../../src/applications/card-manager/card-manager-session.ts'
import { CommonSession } from '../../../src/applications/common/common-session.ts'
import { type CardIdentity, identify } from '../../../src/applications/identify/identify.ts'
import { certificateContents } from '../../../src/applications/jpki/certificate-contents.ts'
import type { CertificateName } from '../../../src/applications/jpki/jpki-files.ts'
import { JpkiSession } from '../../../src/applications/jpki/jpki-session.ts'
import { JukiSession } from '../../../src/applications/juki/juki-session.ts'
import { LicenceSession } from '../../../src/applications/licence/licence-session.ts'
import type { PinStatus } from '../../../src/applications/pin/verify-pin.ts'
import { TextSession } from '../../../src/applications/text/text-session.ts'
import { VisualSession } from '../../../src/applications/visual/visual-session.ts'
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

export interface Inspection {
  readonly identity: CardIdentity
  readonly token?: string
  readonly expiry?: string
  readonly municipality?: string
  readonly pins: readonly { readonly title: string; readonly status: PinStatus }[]
  readonly certificates: readonly (PublicCertificate | { readonly name: CertificateName; readonly missing: string })[]
}

const PUBLIC: readonly CertificateName[] = ['auth', 'authCa', 'signCa']

export async function inspectCard(tx: Transaction): Promise<Inspection> {
  const identity = await identify(tx)
  const nothing = { identity, pins: [], certificates: [] }
  if (identity.kind === 'phone' || identity.kind === 'predecessorCard') return { ...nothing, ...(await jpki(tx)) }
  if (identity.kind !== 'myNumberCard') return nothing
  const has = (name: (typeof identity.applications)[number]) => identity.applications.includes(name)
  const card = has('card-manager') ? await (await CardManagerSession.open(tx)).cardData() : {}
  const found = await jpki(tx)
  const others: Inspection['pins'][number][] = []
  const add = (title: string, status: PinStatus) => others.push({ title, status })
  if (has('text')) {
    const text = await TextSession.open(tx)
    add('券面事項入力補助用暗証番号', await text.pinStatus('pin'))
    add('照合番号A (入力補助)', await text.pinStatus('codeA'))
    add('照合番号B (入力補助)', await text.pinStatus('codeB'))
  }
  if (has('juki')) add('住民基本台帳用暗証番号 (住基)', await (await JukiSession.open(tx)).pinStatus())
  if (has('common')) add('住民基本台帳用暗証番号 (共通)', await (await CommonSession.open(tx)).pinStatus())
  if (has('visual')) {
    const visual = await VisualSession.open(tx)
    add('照合番号A (券面)', await visual.pinStatus('codeA'))
    add('照合番号B (券面)', await visual.pinStatus('codeB'))
    add('生年月日 (券面)', await visual.pinStatus('birth'))
  }
  if (has('licence')) add('免許情報記録の暗証番号', await (await LicenceSession.open(tx)).pinStatus())
  const { municipality, expiry } = card
  return {
    identity,
    ...(municipality && { municipality }),
    ...(expiry && { expiry }),
    ...found,
    pins: [...found.pins, ...others],
  }
}

async function jpki(tx: Transaction): Promise<Pick<Inspection, 'pins' | 'certificates'> & { readonly token: string }> {
  const session = await JpkiSession.open(tx)
  const { label } = await session.tokenInfo()
  const certificates: Inspection['certificates'][number][] = []
  for (const name of PUBLIC) {
    const content = await session.certificate(name)
    if (content.kind !== 'read') certificates.push({ name, missing: content.kind })
    else certificates.push({ name, der: content.bytes, ...contentsOf(content.bytes) })
  }
  const pins = [
    { title: '署名用電子証明書用暗証番号', status: await session.pinStatus('sign') },
    { title: '利用者証明用電子証明書用暗証番号', status: await session.pinStatus('auth') },
  ]
  return { token: label, pins, certificates }
}

function contentsOf(der: Uint8Array): Pick<PublicCertificate, 'contents'> {
  const found = certificateContents(der)
  if (found === undefined) return {}
  const { notBefore, notAfter, policies, certificate } = found
  return { contents: { issuer: formatName(certificate.issuer), notBefore, notAfter, policies } }
}
