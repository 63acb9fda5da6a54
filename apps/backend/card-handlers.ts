/** The endpoints about the card on a reader; the other ones are in `handlers.ts`. */
import type { Backend } from '../../src/backend/backend.ts'
import { cardBySerial } from '../../src/backend/cards/card-states.ts'
import { noteWrite, openWrites } from '../../src/backend/cards/card-writes.ts'
import { findCard } from '../../src/backend/cards/find-card.ts'
import { recordIdentityCheck } from '../../src/backend/cards/identity-checks.ts'
import { COUNTERS } from '../../src/wire/backend-roles.ts'
import type { Handlers } from './handlers.ts'

type CardHandlers = Pick<Handlers, 'findCard' | 'recordIdentityCheck' | 'noteWrite' | 'openWrites'>

export const cardHandlers = ({ parts }: Backend): CardHandlers => ({
  async findCard({ body }, { by, terminal }) {
    const { serial, state, holder } = await findCard(parts, body, by)
    return { serial, state, ...(COUNTERS.includes(terminal.role) && { holder }) }
  },
  recordIdentityCheck: ({ params, body }, { by, named }) => recordIdentityCheck(parts, params.serial, body, by, named),
  noteWrite: ({ params, body }, { by, named }) => noteWrite(parts, params.serial, body, by, named),
  async openWrites({ params }) {
    await cardBySerial(parts.store, params.serial)
    return { writes: await openWrites(parts.store, params.serial) }
  },
})
