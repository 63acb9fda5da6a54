/** A backend with scripts, 番号 花子 in its register, and as many cards of hers on readers as a test wants. */
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import type { CardImage } from '../../applets-sim/image.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { holdCeremony } from '../../src/backend/ca/ceremony.ts'
import { loadIssuers } from '../../src/backend/ca/issuers.ts'
import { applyForCard, moveCardOn } from '../../src/backend/cards/cards.ts'
import { type Attributes, people } from '../../src/backend/cards/people.ts'
import type { Actor } from '../../src/backend/context.ts'
import { cardKeys, softwareMaster } from '../../src/backend/keys/card-keys.ts'
import { sealer } from '../../src/backend/keys/seal.ts'
import { scriptKey } from '../../src/backend/scripts/script-key.ts'
import { type Opener, type ScriptAsk, type ScriptService, scriptService } from '../../src/backend/scripts/service.ts'
import type { ScriptParts } from '../../src/backend/scripts/turn.ts'
import { type CrashHook, neverCrash } from '../../src/backend/store/crash-point.ts'
import type { StorePlace } from '../../src/backend/store/open.ts'
import { type Fixture, HIERARCHY, MASTER, openFixture, TERMINAL } from './fixture.ts'
import { Relay, runToEnd } from './script-relay.ts'

/** The delivery site, where no identity check is asked for, with a key of its own for each request. */
/** A place where this may be asked for and nobody need have looked at the holder. */
export const placeOf = ({ procedure }: ScriptAsk): Opener['at'] =>
  procedure === 'setUp' || procedure === 'pinReset' ? 'deliverySite' : 'town'

export const opener = (by: Actor = TERMINAL, at: Opener['at'] = 'deliverySite') => ({
  ...{ by, at, key: crypto.randomUUID(), body: '' },
})

export const PINS = { auth: '1234', sign: 'ABC123', text: '1234', juki: '1234' }

export interface OnReader {
  readonly serial: string
  readonly card: SimulatedCard
}

export type ScriptBackend = Awaited<ReturnType<typeof scriptBackend>>

const registry = people(MASTER)

let resident: Promise<CardImage> | undefined

/** A chip of its own for each number, with keys of the factory. */
export async function chip(number: number): Promise<SimulatedCard> {
  resident ??= makeCardImage('resident')
  const image = await resident
  const identification = `CF0A${String(number).padStart(20, '0')}`
  const cells = { ...image.cells, isd: { ...image.cells['isd'], '00CF': identification } }
  return SimulatedCard.fromImage({ ...image, cells })
}

/** The same database may be opened twice: the second one finds everything there. */
export async function scriptBackend(place: StorePlace, crash: CrashHook = neverCrash) {
  const fixture = await openFixture(place, { hierarchy: 'quick', crash })
  const authorities = HIERARCHY.both.authorities.filter(({ algorithm }) => algorithm === 'rsa2048-sha256')
  await holdCeremony(fixture, { authorities })
  const parts: Fixture = { ...fixture, issuers: await loadIssuers(fixture.store) }
  await parts.store.transaction(async (tx) => {
    if ((await tx.get("SELECT id FROM person WHERE id = 'hanako'")) !== undefined) return
    const attributes: Attributes = {
      ...{ name: '番号　花子', kana: 'バンゴウ　ハナコ', sex: '2', birth: '19890331', abroad: false },
      address: '東京都清瀬市中里５丁目８４２番地',
    }
    await registry.add(tx, 'hanako', '132217', attributes, parts.clock.now())
  })
  const sealed = sealer(MASTER, 'card keys')
  const master = softwareMaster(parts.store, sealed, parts.clock)
  const scripts: ScriptParts = { parts, people: registry, cardKeys: cardKeys(master), sealed }
  const service = scriptService(scripts)
  let n = 0

  /** Registered twice under one number, it is the same card. */
  async function register(number: number): Promise<string> {
    const serial = `card-${number}`
    const named = (what: string) => ({ actor: 'test', key: `${serial} ${what}`, body: what })
    const application = { serial, holder: 'hanako', expires: '20350331', faceAuth: false }
    await applyForCard(parts, registry, application, TERMINAL, named('apply'))
    await moveCardOn(parts, registry, serial, { to: 'dispatched' }, TERMINAL, named('dispatched'))
    return serial
  }

  async function cardOnReader(): Promise<OnReader> {
    const serial = await register(++n)
    const card = await chip(n)
    card.powerOn('contact')
    return { serial, card }
  }

  async function begin(
    { serial, card }: OnReader,
    ask: ScriptAsk,
    chosen = {},
    by: Opener = opener(TERMINAL, placeOf(ask)),
  ) {
    const first = await service.open(serial, ask, by)
    const { publicKey } = await scriptKey(parts)
    const relay = new Relay(card, { pins: { ...PINS }, chosen }, publicKey, first)
    const next = (report: Parameters<ScriptService['next']>[1]) => service.next(first.session, report, TERMINAL)
    return { relay, first, next }
  }

  async function perform(at: OnReader, ask: ScriptAsk, chosen = {}, by: Opener = opener(TERMINAL, placeOf(ask))) {
    const { relay, first, next } = await begin(at, ask, chosen, by)
    return { relay, reply: await runToEnd(relay, first, next) }
  }

  const abolish = (serial: string) =>
    moveCardOn(parts, registry, serial, { to: 'abolished' }, TERMINAL, {
      ...{ actor: 'test', key: `${serial} end`, body: 'end' },
    })

  return { parts, scripts, service, register, cardOnReader, begin, perform, abolish }
}
