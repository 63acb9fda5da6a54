/** The endpoints about the card on a reader; the other ones are in `handlers.ts`. */
import type { Backend } from '../../src/backend/backend.ts'
import { cardBySerial } from '../../src/backend/cards/card-states.ts'
import { noteWrite, openWrites } from '../../src/backend/cards/card-writes.ts'
import { findCard } from '../../src/backend/cards/find-card.ts'
import { glance } from '../../src/backend/cards/glance.ts'
import { recordIdentityCheck } from '../../src/backend/cards/identity-checks.ts'
import { shown } from '../../src/backend/cards/people.ts'
import { COUNTERS, STAFFED } from '../../src/wire/backend-roles.ts'
import type { Handlers } from './calls.ts'

type CardHandlers = Pick<Handlers, 'card' | 'findCard' | 'recordIdentityCheck' | 'noteWrite' | 'openWrites'>

export const cardHandlers = ({ parts, people }: Backend): CardHandlers => ({
  async card({ params }, { by, terminal }) {
    const staff = STAFFED.includes(terminal.role)
    const { card, certificates, scripts, writes, person } = await glance(parts, people, params.serial, by, staff)
    const { serial, state, municipality, expires, face_auth } = card
    return {
      ...{ serial, state, municipality, expires, faceAuth: face_auth === 1 },
      certificates: certificates.map(({ issuer, serial, kind, state, not_after }) => ({
        ...{ issuer, serial, kind, state, notAfter: not_after },
      })),
      scripts: [...scripts],
      writes: [...writes],
      ...(person && { person: shown(person) }),
    }
  },
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
