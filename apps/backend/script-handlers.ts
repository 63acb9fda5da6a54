/** The endpoints of card scripts; the other ones are in `handlers.ts`. */
import type { Backend } from '../../src/backend/backend.ts'
import { registerApp } from '../../src/backend/scripts/apps.ts'
import { disableProvider, enrolProvider } from '../../src/backend/scripts/providers.ts'
import { scriptKey } from '../../src/backend/scripts/script-key.ts'
import { type Handlers, once } from './calls.ts'

type ScriptHandlers = Pick<
  Handlers,
  'scriptKey' | 'openScript' | 'nextScript' | 'registerApplication' | 'enrolProvider' | 'disableProvider'
>

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'))

export const scriptHandlers = (backend: Backend): ScriptHandlers => ({
  async scriptKey() {
    const { publicKey } = await scriptKey(backend.parts)
    return { publicKey: Buffer.from(publicKey).toString('base64') }
  },
  // Replies are stored with the session, sealed; from the first report on the sequence number is the key.
  openScript: ({ body: { card, ask } }, call) => {
    const { by, named } = call
    return backend.scripts.open(card, ask, { by, at: call.terminal.role, key: named.key, body: named.body })
  },
  nextScript: ({ params, body }, { by }) => backend.scripts.next(params.session, body, by),
  registerApplication: ({ body: { cap, signature, ...app } }, call) =>
    once(backend, call, async () => {
      await registerApp(backend.parts, { ...app, cap: bytes(cap), signature: bytes(signature) }, call.by)
      return { id: app.id }
    }),
  enrolProvider: ({ body: { id, publicKey } }, call) =>
    once(backend, call, async () => {
      await enrolProvider(backend.parts, { id, publicKey: bytes(publicKey) }, call.by)
      return { id }
    }),
  disableProvider: ({ params: { id } }, call) =>
    once(backend, call, async () => {
      await disableProvider(backend.parts, id, call.by)
      return { id }
    }),
})
