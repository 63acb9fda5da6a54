/** The endpoints of staff and their sessions; the other ones are in `handlers.ts`. */
import type { Backend } from '../../src/backend/backend.ts'
import { disableOperator, enrolOperator } from '../../src/backend/operators/operators.ts'
import { signIn, signInChallenge, signOut } from '../../src/backend/operators/sign-in.ts'
import { type Handlers, once } from './calls.ts'

type OperatorHandlers = Pick<Handlers, 'enrolOperator' | 'disableOperator' | 'signInChallenge' | 'signIn' | 'signOut'>

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'))

export const operatorHandlers = (backend: Backend): OperatorHandlers => {
  const { parts, operators } = backend
  return {
    enrolOperator: ({ body }, { by, named }) =>
      enrolOperator(parts, operators, { ...body, publicKey: bytes(body.publicKey) }, by, named),
    disableOperator: ({ params }, { by, named }) => disableOperator(parts, params.id, by, named),
    signInChallenge: ({ body }, { terminal, named }) => {
      const card = 'certificate' in body ? { certificate: bytes(body.certificate) } : body
      return signInChallenge(parts, card, terminal, named)
    },
    signIn: ({ body: { challenge, signature } }, { terminal, named }) =>
      signIn(parts, operators, { challenge, signature: bytes(signature) }, terminal, named),
    signOut: ({ body }, call) =>
      once(backend, call, async () => {
        await signOut(parts, body.session, call.terminal.id)
        return {}
      }),
  }
}
