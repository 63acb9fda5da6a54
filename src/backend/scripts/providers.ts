/** Who may bring applications for cards (F27), and the signature that an application is loaded under (P21). */
import { utf8 } from '../../base/bytes.ts'
import { hex } from '../../base/hex.ts'
import type { AlgorithmName } from '../../pki/algorithm.ts'
import { record } from '../audit/record.ts'
import { sha256 } from '../ca/issuers.ts'
import { usableKey } from '../ca/key-strength.ts'
import type { Actor, Context } from '../context.ts'
import { isSignedBy } from '../keys/verify.ts'
import { Refusal } from '../refusal.ts'
import type { Reads, Row } from '../store/store.ts'

interface ProviderRow extends Row {
  readonly algorithm: AlgorithmName
  readonly public_key: Uint8Array
  readonly enabled: number
}

/** Enrols a provider with its key (SubjectPublicKeyInfo, P-384 or RSA-2048), or gives it another one. Throws `badKey`. */
export async function enrolProvider(
  { store, clock }: Context,
  { id, publicKey }: { readonly id: string; readonly publicKey: Uint8Array },
  by: Actor,
): Promise<void> {
  const algorithm = usableKey(publicKey)
  if (algorithm === undefined) throw new Refusal('badKey')
  const at = clock.now()
  await store.transaction(async (tx) => {
    const touched = await tx.run(
      'UPDATE provider SET algorithm = ?, public_key = ?, enabled = 1, at = ? WHERE id = ?',
      ...[algorithm, publicKey, at, id],
    )
    if (touched === 0)
      await tx.run(
        'INSERT INTO provider (algorithm, public_key, enabled, at, id) VALUES (?, ?, 1, ?, ?)',
        ...[algorithm, publicKey, at, id],
      )
    const entry = { ...by, procedure: 'provider.enrolled', holder: '', object: `provider ${id}`, result: algorithm }
    await record(tx, entry, at)
  })
}

/** From now on nothing of this provider is loaded any more. Throws `unknownProvider`. */
export async function disableProvider({ store, clock }: Context, id: string, by: Actor): Promise<void> {
  const at = clock.now()
  await store.transaction(async (tx) => {
    if ((await tx.run('UPDATE provider SET enabled = 0, at = ? WHERE id = ?', at, id)) === 0)
      throw new Refusal('unknownProvider')
    const entry = { ...by, procedure: 'provider.disabled', holder: '', object: `provider ${id}`, result: 'done' }
    await record(tx, entry, at)
  })
}

export interface SignedPackage {
  readonly id: string
  readonly area: string
  /** AID of the instance, hexadecimal. */
  readonly instance: string
  readonly loadFile: Uint8Array
  readonly provider: string
  readonly signature: Uint8Array
}

/** What a provider signs: which application, where, and the load file data block by its SHA-256 (GPC 2.3.1, C.2). */
export const packageText = ({ id, area, instance, loadFile }: Omit<SignedPackage, 'provider' | 'signature'>): string =>
  `Madoguchi application ${id}\narea ${area}\ninstance ${instance}\nload file ${hex(sha256(loadFile))}\n`

/** Throws `packageNotSigned` unless an enrolled provider has signed exactly this. */
export async function mustBeSigned(store: Reads, app: SignedPackage): Promise<void> {
  const provider = await store.get<ProviderRow>('SELECT * FROM provider WHERE id = ?', app.provider)
  if (provider === undefined || provider.enabled !== 1) throw new Refusal('packageNotSigned', 'provider')
  if (!isSignedBy(provider.algorithm, provider.public_key, utf8(packageText(app)), app.signature))
    throw new Refusal('packageNotSigned', 'signature')
}
