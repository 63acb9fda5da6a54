/** The endpoints of reservations; the other ones are in `handlers.ts`. */
import type { Backend } from '../../src/backend/backend.ts'
import { askReset, findReset, openReset, resetStatus, useReset } from '../../src/backend/reservations/reservations.ts'
import type { Handlers } from './calls.ts'

type ResetHandlers = Pick<Handlers, 'askReset' | 'openReset' | 'resetStatus' | 'findReset' | 'useReset'>

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'))
const base64 = (value: Uint8Array): string => Buffer.from(value).toString('base64')

export const resetHandlers = ({ parts, simulation }: Backend): ResetHandlers => ({
  async askReset({ body }, { by }) {
    const { reservation, challenge } = await askReset(parts, body, by)
    return { reservation, challenge: base64(challenge) }
  },
  openReset: ({ params, body: { signature, face } }, { by, named }) =>
    openReset(parts, { ...params, signature: bytes(signature), face, simulation, by, named }),
  resetStatus: ({ params }) => resetStatus(parts, params.reservation),
  async findReset({ body }, { by }) {
    const { reservation, challenge } = await findReset(parts, body, by)
    return { reservation, challenge: base64(challenge) }
  },
  useReset: ({ params, body }, { by, named }) =>
    useReset(parts, { ...params, signature: bytes(body.signature), by, named }),
})
