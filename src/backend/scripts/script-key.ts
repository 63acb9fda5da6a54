/** The key that signs scripts. Terminals get its public half when they are enrolled and take scripts from nobody else. */
import { utf8 } from '../../base/bytes.ts'
import { type CardScript, scriptText } from '../../wire/card-script.ts'
import type { Context } from '../context.ts'
import type { PrivateKeyRef } from '../keys/key-store.ts'
import { SigningUnavailable } from '../keys/key-store.ts'
import { Refusal } from '../refusal.ts'
import { type Reads, UniqueViolation } from '../store/store.ts'

const ALGORITHM = 'p384-sha384'

/** Made at its first use. */
export async function scriptKey({ store, keys }: Pick<Context, 'store' | 'keys'>): Promise<PrivateKeyRef> {
  const known = await storedKey(store)
  if (known !== undefined) return known
  const { id, publicKey } = await keys.generate(ALGORITHM)
  try {
    await store.transaction((tx) =>
      tx.run("INSERT INTO script_key (id, key_id, public_key) VALUES ('scripts', ?, ?)", id, publicKey),
    )
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error
  }
  return (await storedKey(store)) as PrivateKeyRef
}

async function storedKey(store: Reads): Promise<PrivateKeyRef | undefined> {
  const row = await store.get<{ key_id: string; public_key: Uint8Array }>(
    "SELECT key_id, public_key FROM script_key WHERE id = 'scripts'",
  )
  return row && { id: row.key_id, algorithm: ALGORITHM, publicKey: row.public_key }
}

/** Throws `signingUnavailable`; the session then stays where it is (P15). */
export async function signScript(context: Context, script: Omit<CardScript, 'signature'>): Promise<CardScript> {
  try {
    const signature = await context.keys.sign(await scriptKey(context), utf8(scriptText(script)))
    return { ...script, signature: Buffer.from(signature).toString('base64') }
  } catch (error) {
    if (error instanceof SigningUnavailable) throw new Refusal('signingUnavailable')
    throw error
  }
}
