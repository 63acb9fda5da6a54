/** What each endpoint of the BackendApi does: base64 in and out, the rest is the domain's. */

import { linesAbout, sequence } from '../../src/backend/audit/log.ts'
import { record } from '../../src/backend/audit/record.ts'
import type { Backend } from '../../src/backend/backend.ts'
import { bytesOf } from '../../src/backend/ca/certificate-bytes.ts'
import { confirm } from '../../src/backend/ca/confirm.ts'
import { sha256 } from '../../src/backend/ca/issuers.ts'
import { blockKey, end } from '../../src/backend/ca/revoke.ts'
import { certBySerial } from '../../src/backend/ca/states.ts'
import { reportWrite } from '../../src/backend/ca/sweep.ts'
import { applyForCard, moveCardOn } from '../../src/backend/cards/cards.ts'
import { shown } from '../../src/backend/cards/people.ts'
import { reconcileCard, type Verdict } from '../../src/backend/cards/reconcile.ts'
import { registryEvent } from '../../src/backend/cards/registry-events.ts'
import { pickPerson, searchPeople } from '../../src/backend/cards/search.ts'
import { orderCertificate } from '../../src/backend/certificates.ts'
import { signedIn } from '../../src/backend/operators/sign-in.ts'
import { Refusal } from '../../src/backend/refusal.ts'
import { issuerById } from '../../src/backend/status/crl.ts'
import { idempotent } from '../../src/backend/store/idempotency.ts'
import { disable, enrol } from '../../src/backend/terminals/terminals.ts'
import { allTowns, setTown, townOf } from '../../src/backend/towns/gate.ts'
import { readPublicKey } from '../../src/pki/algorithm.ts'
import { decode } from '../../src/pki/der-reader.ts'
import { STAFFED, STATE_PLACES, type TerminalRole } from '../../src/wire/backend-roles.ts'
import { type Handlers, once } from './calls.ts'
import { cardHandlers } from './card-handlers.ts'
import { operatorHandlers } from './operator-handlers.ts'
import { resetHandlers } from './reset-handlers.ts'
import { scriptHandlers } from './script-handlers.ts'

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'))
const base64 = (value: Uint8Array): string => Buffer.from(value).toString('base64')

export function handlersFor(backend: Backend): Handlers {
  const { parts, people, issuers, lists, validity } = backend
  const { store, clock } = parts
  return {
    ...scriptHandlers(backend),
    ...cardHandlers(backend),
    ...operatorHandlers(backend),
    ...resetHandlers(backend),
    authorities: async () =>
      issuers.map(({ id, authority, generation, algorithm, issuing, certificate }) => ({
        ...{ id, authority, generation, algorithm, issuing },
        certificate: base64(certificate),
      })),
    async issueCertificate({ body }, { by, named }) {
      const { kind, card, phone, publicKey } = body
      const whose = phone === undefined ? {} : { phone }
      const order = { kind, card, ...whose, publicKey: bytes(publicKey), by, key: named.key, body: named.body }
      const issued = await orderCertificate(parts, people, order)
      const { issuer, serial, certificate, authority, challenge } = issued
      return {
        issuer,
        serial,
        certificate: base64(certificate),
        authority: base64(authority),
        challenge: base64(challenge),
      }
    },
    async confirmCertificate({ params, body }, { by, named }) {
      const evidence = { signature: bytes(body.signature), readBack: bytes(body.readBack) }
      const { replaced, ...confirmed } = await confirm(parts, {
        ...params,
        ...evidence,
        by,
        key: named.key,
        body: named.body,
      })
      return { ...confirmed, replaced: [...replaced] }
    },
    async reportCertificate({ params, body }) {
      const { issuer, serial, state } = await reportWrite(parts, params.issuer, params.serial, body.written)
      return { issuer, serial, state }
    },
    endCertificate: ({ params, body }, { by, named }) =>
      end(parts, { ...params, ending: body, by, key: named.key, body: named.body }),
    async certificate({ params }) {
      const cert = await certBySerial(store, params.issuer, params.serial)
      const { issuer, serial, kind, card, state, not_after } = cert
      const der = bytesOf(parts, cert, 'der')
      const held = der === undefined ? {} : { certificate: base64(der) }
      return { issuer, serial, kind, card, state, notAfter: not_after, ...held }
    },
    blockKey: ({ body }, call) =>
      once(backend, call, async () => {
        const key = bytes(body.publicKey)
        // A slip of the pen would block nothing, and nobody would know.
        if (!decode(key, (cursor) => readPublicKey(cursor, 'public key')).ok) throw new Refusal('badKey')
        return { revoked: await blockKey(parts, sha256(key), call.by) }
      }),

    async addPerson({ body: { id, municipality, ...attributes } }, { named }) {
      townOf(municipality)
      const now = clock.now()
      return store.transaction((tx) =>
        idempotent(tx, named, now, async () => {
          await people.add(tx, id, municipality, attributes, now)
          return { id }
        }),
      )
    },
    async searchPeople({ body: { kana, birth, sex, address, name } }, { by }) {
      const more = { ...(sex && { sex }), ...(address && { address }), ...(name && { name }) }
      const found = await searchPeople(parts, people, { kana, birth, ...more }, by)
      const candidates = found.kind === 'nobody' ? [] : found.kind === 'one' ? [found.candidate] : found.candidates
      return { kind: found.kind, candidates: candidates.map(shown) }
    },
    async pickPerson({ body: { holder, compared, secondOperator: token } }, { by, terminal }) {
      const second = token !== undefined && { secondOperator: await signedIn(store, token, terminal.id, clock.now()) }
      return shown(await pickPerson(parts, people, { holder, compared, by, ...second }))
    },
    registryEvent: ({ body }, call) => once(backend, call, () => registryEvent(parts, people, body, call.by)),

    applyForCard: ({ body }, { by, named }) => applyForCard(parts, people, body, by, named),
    async moveCard({ params, body }, { by, named, terminal }) {
      const places: readonly TerminalRole[] = STATE_PLACES[body.to]
      if (!places.includes(terminal.role)) throw new Refusal('notAllowed', body.to)
      if (body.to !== 'delivered') return moveCardOn(parts, people, params.serial, body, by, named)
      const { to, selfTest, check } = body
      const identity = STAFFED.includes(terminal.role) && { identity: { check } }
      return moveCardOn(parts, people, params.serial, { to, selfTest, ...identity }, by, named)
    },
    async reconcileCard({ params, body }, { by }) {
      const seen = body.seen.map(({ kind, certificate }) =>
        certificate === undefined ? { kind } : { kind, certificate: bytes(certificate) },
      )
      const verdicts = await reconcileCard(parts, params.serial, seen, by)
      const told = ({ challenge, ...verdict }: Verdict) =>
        challenge === undefined ? verdict : { ...verdict, challenge: base64(challenge) }
      return { certificates: verdicts.map(told) }
    },

    towns: () => allTowns(store),
    setTown: ({ params, body: { checkSheet, down } }, { by }) =>
      setTown(
        parts,
        params.code,
        { ...(checkSheet !== undefined && { checkSheet }), ...(down !== undefined && { down }) },
        by,
      ),
    enrolTerminal: ({ body }, call) =>
      once(backend, call, async () => {
        await enrol(parts, body, call.by)
        return { id: body.id }
      }),
    disableTerminal: ({ params }, call) =>
      once(backend, call, async () => {
        await disable(parts, params.id, call.by)
        return { id: params.id }
      }),

    async auditOf({ params }, { by }) {
      const now = clock.now()
      // Looking is itself a line of the log.
      await store.transaction((tx) =>
        record(tx, { ...by, procedure: 'audit.read', holder: params.holder, object: 'log', result: 'done' }, now),
      )
      await sequence(parts)
      return [...(await linesAbout(store, params.holder))]
    },

    checkCertificate: ({ body: { issuer, serial, by } }) =>
      by === 'live' ? validity.live({ issuer, serial }) : validity.byList({ issuer, serial }),
    publishCrl: ({ body }, call) =>
      once(backend, call, async () => (await lists.publish(issuerById(issuers, body.issuer), body.shard)).freshness),
  }
}
