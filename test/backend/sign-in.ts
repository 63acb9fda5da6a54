/** Somebody who signs in at a terminal with a staff card, all the way: enrolled, challenged, signed. */
import type { Backend } from '../../src/backend/backend.ts'
import { enrolOperator } from '../../src/backend/operators/operators.ts'
import { signIn, signInChallenge } from '../../src/backend/operators/sign-in.ts'
import { terminalBy } from '../../src/backend/terminals/terminals.ts'
import { cardKey } from './fixture.ts'

export async function signedInAt(
  { parts, operators }: Backend,
  terminal: string,
  id: string = crypto.randomUUID(),
): Promise<{ readonly operator: string; readonly session: string }> {
  const key = cardKey()
  const at = await terminalBy(parts.store, 'id', terminal)
  const named = () => ({ actor: 'test', key: crypto.randomUUID(), body: '' })
  const enrolment = { id, name: '窓口　一郎', town: '', publicKey: key.publicKey }
  const { keyHash } = await enrolOperator(parts, operators, enrolment, { terminal: 'test' }, named())
  const { challenge } = await signInChallenge(parts, { keyHash }, at, named())
  const proof = { challenge, signature: key.sign(Buffer.from(challenge, 'base64')) }
  return signIn(parts, operators, proof, at, named())
}
