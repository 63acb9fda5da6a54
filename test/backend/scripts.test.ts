/** Card scripts from afar, the builder against the chip (backend.md rules 4, 9–11; F21, F22, F27, F41). */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { buildCapFile } from '../../src/applications/globalplatform/cap-builder.ts'
import { SigningUnavailable } from '../../src/backend/keys/key-store.ts'
import { Refusal } from '../../src/backend/refusal.ts'
import { registerApp } from '../../src/backend/scripts/apps.ts'
import { forgetSessions, SESSION_MS } from '../../src/backend/scripts/journal.ts'
import { disableProvider, enrolProvider } from '../../src/backend/scripts/providers.ts'
import { SCRIPT_CRASH_POINTS } from '../../src/backend/scripts/scripts.ts'
import { type ScriptAsk, type ScriptService, scriptService } from '../../src/backend/scripts/service.ts'
import type { ScriptParts } from '../../src/backend/scripts/turn.ts'
import { fromHex } from '../../src/base/hex.ts'
import type { ScriptReport } from '../../src/wire/card-script.ts'
import { type Fixture, TERMINAL } from './fixture.ts'
import { type OnReader, opener, PINS, type ScriptBackend, scriptBackend } from './script-fixture.ts'
import { opens, runToEnd } from './script-relay.ts'
import { provider, signedApp } from './signed-app.ts'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-scripts-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const JPKI = 'D392F000260100000001'
let backend: ScriptBackend
let parts: Fixture
let service: ScriptService
let scripts: ScriptParts

before(async () => {
  backend = await scriptBackend({ folder: join(folder, 'db') })
  ;({ parts, service, scripts } = backend)
})
after(() => parts.store.close())

const cardOnReader = () => backend.cardOnReader()
const begin = (at: OnReader, ask: ScriptAsk, chosen = {}) => backend.begin(at, ask, chosen)
const perform = (at: OnReader, ask: ScriptAsk, chosen = {}) => backend.perform(at, ask, chosen)

describe('a certificate from afar', () => {
  for (const kind of ['auth', 'sign'] as const)
    test(`${kind}: the key made on the card, the certificate written, read back and proven; the one before it superseded`, async () => {
      const at = await cardOnReader()
      const { reply, relay } = await perform(at, { procedure: 'certificate', kind })
      assert.equal(reply.kind, 'finished', JSON.stringify(reply) + relay.trace.join('\n'))
      const again = await perform(at, { procedure: 'certificate', kind })
      assert.ok(again.reply.kind === 'finished')
      const certs = await parts.store.all<{ state: string }>(
        'SELECT state FROM cert WHERE card = ? ORDER BY id',
        at.serial,
      )
      assert.deepEqual(
        certs.map(({ state }) => state),
        ['revoked', 'active'],
      )
      // The second time the card has keys of its own, and rule 11: the first script was made before the card was asked anything.
      assert.deepEqual(again.relay.trace.map((line) => line.replace(/ \w+$/, '')).slice(0, 5), [
        'SELECT',
        'INITIALIZE UPDATE',
        'EXTERNAL AUTHENTICATE',
        'INSTALL [for personalization]',
        'GENERATE ASYMMETRIC KEY PAIR',
      ])
      assert.equal(again.relay.state.seq, 2)
    })
})

describe('what gets lost', () => {
  test('rule 10: the line breaks at any step, before or after the card had it – a new channel, and the certificate is proven all the same', async () => {
    const at = await cardOnReader()
    await perform(at, { procedure: 'certificate', kind: 'auth' })
    const places = [1, 2].flatMap((script) =>
      (script === 1 ? [0, 2, 4] : [0, 2, 4, 6, 8]).flatMap((step) =>
        (['before', 'after'] as const).map((place) => ({ script, step, at: place })),
      ),
    )
    for (const place of places) {
      const { relay, first, next } = await begin(at, { procedure: 'certificate', kind: 'auth' })
      relay.breaks = [place]
      const reply = await runToEnd(relay, first, next)
      assert.equal(
        reply.kind,
        'finished',
        `${JSON.stringify(place)} ${JSON.stringify(reply)} ${relay.trace.join(', ')}`,
      )
      const active = "SELECT serial FROM cert WHERE card = ? AND kind = 'auth' AND state = 'active'"
      assert.equal((await parts.store.all(active, at.serial)).length, 1)
      assert.deepEqual(
        await parts.store.all("SELECT id FROM cert WHERE card = ? AND state IN ('reserved', 'signed')", at.serial),
        [],
        'nothing is left pending',
      )
    }
  })

  test('a repeated report gets the same script, byte for byte; an older or a future one is refused; another terminal knows no such session', async () => {
    const at = await cardOnReader()
    const { relay, first, next } = await begin(at, { procedure: 'certificate', kind: 'auth' })
    const report = await relay.run(first)
    const [one, two] = await Promise.all([next(report), next(report)])
    assert.deepEqual(one, two)
    assert.deepEqual(await next(report), one)
    assert.ok(one.kind === 'script')
    await assert.rejects(next({ seq: 7, answers: [] }), { code: 'staleReport' })
    await assert.rejects(next({ seq: 2, answers: [] }), { code: 'badReport' })
    await assert.rejects(service.next(first.session, report, { terminal: 'another' }), { code: 'unknownSession' })
    await assert.rejects(service.next('none', report, TERMINAL), { code: 'unknownSession' })
    const end = await runToEnd(relay, one.script, next)
    assert.equal(end.kind, 'finished')
    assert.deepEqual(await next({ seq: relay.state.seq, answers: [] }), end, 'the last answer too is given again')
  })

  test('P15: the signing key is away between two scripts – the session waits with what the card answered, and goes on', async () => {
    const at = await cardOnReader()
    const { relay, first, next } = await begin(at, { procedure: 'certificate', kind: 'auth' })
    await perform(at, { procedure: 'certificate', kind: 'auth' })
    const opened = await next(await relay.run(first))
    assert.ok(opened.kind === 'script')
    const report = await relay.run(opened.script)
    const { sign } = parts.keys
    parts.keys.sign = () => Promise.reject(new SigningUnavailable('gone'))
    await assert.rejects(next(report), { code: 'signingUnavailable' })
    const rows = 'SELECT state FROM script_session WHERE id = ?'
    parts.keys.sign = sign
    assert.equal((await parts.store.get<{ state: string }>(rows, first.session))?.state, 'open')
    const going = await next(report)
    assert.ok(going.kind === 'script')
    assert.equal((await runToEnd(relay, going.script, next)).kind, 'finished')
  })

  test('the process dies at every named place, the same report comes again: one certificate, no step twice', async () => {
    const at = await cardOnReader()
    await perform(at, { procedure: 'certificate', kind: 'auth' })
    for (const point of SCRIPT_CRASH_POINTS)
      for (const seq of [1, 2]) {
        if (point === 'script.opened') continue
        const { relay, first, next } = await begin(at, { procedure: 'certificate', kind: 'auth' })
        let script = first
        for (;;) {
          const report = await relay.run(script)
          let died = false
          const dying = scriptService({
            ...scripts,
            parts: {
              ...parts,
              crash: (place) => {
                if (place !== point || report.seq !== seq || died) return
                died = true
                throw new Error('died')
              },
            },
          })
          const reply = await dying.next(first.session, report, TERMINAL).catch(() => next(report))
          if (reply.kind !== 'script') {
            assert.equal(reply.kind, 'finished', `${point} ${seq} ${JSON.stringify(reply)}`)
            break
          }
          script = reply.script
        }
      }
    const open = "SELECT id FROM cert WHERE card = ? AND state IN ('reserved', 'signed')"
    assert.deepEqual(await parts.store.all(open, at.serial), [])
  })

  test('a card that never answers right ends the session after a few channels; a holder who gives up ends it at once', async () => {
    const at = await cardOnReader()
    const { relay, first, next } = await begin(at, { procedure: 'certificate', kind: 'auth' })
    relay.breaks = Array.from({ length: 20 }, (_, i) => ({ script: i + 1, step: 1, at: 'before' }))
    assert.deepEqual(await runToEnd(relay, first, next), {
      kind: 'refused',
      code: 'cardRefused',
      detail: 'too many channels',
    })
    await assert.rejects(next({ seq: 99, answers: [] }), { code: 'staleReport' })
    const other = await begin(at, { procedure: 'certificate', kind: 'auth' })
    assert.deepEqual(await other.next({ seq: 1, answers: [], stopped: 'cancelled' }), {
      kind: 'refused',
      code: 'scriptStopped',
      detail: 'cancelled',
    })
  })

  test('rule 11: another program used the card’s counter – the foreseen answer does not come, and the one that came is as good', async () => {
    const at = await cardOnReader()
    await perform(at, { procedure: 'certificate', kind: 'auth' })
    const { relay, first, next } = await begin(at, { procedure: 'certificate', kind: 'auth' })
    const hello = (step: number) => Buffer.from((first.steps[step] as { apdu: string }).apdu, 'base64')
    for (const step of [0, 1]) at.card.transmit(hello(step))
    const report = await relay.run(first)
    assert.deepEqual([report.answers.length, report.stopped], [2, 'answer'])
    const second = await next(report)
    assert.ok(second.kind === 'script')
    assert.equal(second.script.steps[0]?.label, 'EXTERNAL AUTHENTICATE', 'no second greeting')
    assert.equal((await runToEnd(relay, second.script, next)).kind, 'finished')
  })

  test('rule 7: the same request opens the same session, another under its key is refused, an old one is stale', async () => {
    const at = await cardOnReader()
    const by = opener()
    const ask = { procedure: 'pinReset', pin: 'auth' } as const
    const [one, two] = await Promise.all([service.open(at.serial, ask, by), service.open(at.serial, ask, by)])
    assert.deepEqual(one, two)
    assert.deepEqual(await service.open(at.serial, ask, by), one)
    await assert.rejects(service.open(at.serial, ask, { ...by, body: 'another' }), { name: 'KeyReused' })
    await service.next(one.session, { seq: 1, answers: [], stopped: 'noAnswer' }, TERMINAL)
    await assert.rejects(service.open(at.serial, ask, by), { code: 'staleReport' })
  })

  test('a chip with the factory’s keys again, of a card that has its own: refused before anything is risked', async () => {
    const at = await cardOnReader()
    const image = at.card.toImage()
    await perform(at, { procedure: 'pinReset', pin: 'auth' }, { auth: '1234' })
    const copy = SimulatedCard.fromImage(image)
    copy.powerOn('contact')
    const { reply } = await perform({ ...at, card: copy }, { procedure: 'certificate', kind: 'auth' })
    assert.deepEqual(reply, { kind: 'refused', code: 'cardUntrusted', detail: 'key version' })
  })

  test('a session that nobody asks for ends after a day, and its keys with it', async () => {
    const at = await cardOnReader()
    const { relay, first, next } = await begin(at, { procedure: 'certificate', kind: 'auth' })
    const report = await relay.run(first)
    const { at: noon } = parts.clock
    parts.clock.at += SESSION_MS + 1
    await assert.rejects(next(report), { code: 'unknownSession' })
    assert.ok((await parts.store.transaction((tx) => forgetSessions(tx, parts.clock.at))) > 0)
    const left = 'SELECT state, sealed FROM script_session WHERE id = ?'
    const row = await parts.store.get<{ state: string; sealed: Uint8Array }>(left, first.session)
    assert.deepEqual([row?.state, row?.sealed.length], ['refused', 0])
    parts.clock.at = noon
  })

  test('answers that are not the card’s: a changed MAC, a changed cryptogram, another card', async () => {
    const at = await cardOnReader()
    await perform(at, { procedure: 'certificate', kind: 'auth' })
    const damaged = (report: ScriptReport, answer: number): ScriptReport => ({
      ...report,
      answers: report.answers.map((text, i) => {
        if (i !== answer) return text
        const bytes = Buffer.from(text, 'base64')
        bytes[bytes.length - 6] = (bytes[bytes.length - 6] as number) ^ 1
        return bytes.toString('base64')
      }),
    })
    const { relay, first, next } = await begin(at, { procedure: 'certificate', kind: 'auth' })
    const torn = { ...(await relay.run(first)), stopped: 'answer' } as const
    assert.equal(((await next(damaged(torn, 1))) as { code?: string }).code, 'cardUntrusted')
    await perform(at, { procedure: 'pinReset', pin: 'auth' }, { auth: '1234' })
    const second = await begin(at, { procedure: 'certificate', kind: 'auth' })
    const report = damaged(await second.relay.run(second.first), 4)
    assert.equal(((await second.next(report)) as { code?: string }).code, 'cardUntrusted')

    const wrong = await cardOnReader()
    const third = await begin({ serial: at.serial, card: wrong.card }, { procedure: 'certificate', kind: 'auth' })
    assert.equal(((await third.next(await third.relay.run(third.first))) as { code?: string }).code, 'otherCard')
  })
})

test('whatever a terminal reports, at any point of any procedure: a script, an end or a code, never a fault', async () => {
  const at = await cardOnReader()
  await perform(at, { procedure: 'certificate', kind: 'auth' })
  const asks: readonly ScriptAsk[] = [
    { procedure: 'certificate', kind: 'sign' },
    { procedure: 'pinReset', pin: 'text' },
  ]
  const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array).toString('base64'))
  const stops = fc.constantFrom('statusWord', 'answer', 'noAnswer', undefined)
  const wrong = fc.record({
    ask: fc.constantFrom(...asks),
    /** Scripts done properly before. */
    proper: fc.nat(1),
    /** What is changed of a proper report: some answers, their number, the end. */
    changes: fc.array(fc.tuple(fc.nat(20), bytes), { maxLength: 4 }),
    length: fc.option(fc.nat(20)),
    stopped: stops,
  })
  await fc.assert(
    fc.asyncProperty(wrong, async ({ ask, proper, changes, length, stopped }) => {
      const { relay, first, next } = await begin(at, ask, { text: '1234' })
      let script = first
      for (let i = 0; i < proper; i++) {
        const reply = await next(await relay.run(script))
        if (reply.kind !== 'script') return
        script = reply.script
      }
      const answers = [...(await relay.run(script)).answers]
      for (const [i, text] of changes) if (i < answers.length) answers[i] = text
      if (length !== null) answers.length = Math.min(answers.length, length)
      const report = { seq: script.seq, answers, ...(stopped && { stopped }) }
      const reply = await next(report).catch((error: unknown) => error)
      assert.ok(reply instanceof Refusal || 'kind' in (reply as object), String(reply))
    }),
    { numRuns: 40 },
  )
})

describe('a forgotten PIN', () => {
  for (const [pin, fid, fresh] of [
    ['auth', 0x18, '7391'],
    ['sign', 0x1b, 'NEW456'],
  ] as const)
    test(`F21, F22: ${pin} – blocked, reset through a one-time value, chosen by the holder, journalled by label and status word`, async () => {
      const at = await cardOnReader()
      for (let i = 0; i < 6; i++) opens(at.card, JPKI, fid, pin === 'auth' ? '0000' : 'WRONG9')
      assert.equal(opens(at.card, JPKI, fid, PINS[pin]), false)
      const { reply, relay } = await perform(at, { procedure: 'pinReset', pin }, { [pin]: fresh })
      assert.deepEqual(reply, { kind: 'finished', result: { pin } }, relay.trace.join('\n'))
      assert.equal(opens(at.card, JPKI, fid, fresh), true)
      const labels = await parts.store.all<{ label: string; sw: number }>(
        'SELECT label, sw FROM script_step JOIN script_session ON id = session WHERE card = ?',
        at.serial,
      )
      assert.ok(labels.some(({ label, sw }) => label === 'RESET RETRY COUNTER' && sw === 0x9000))
    })

  test('a lost answer: the next script sets another one-time value', async () => {
    const at = await cardOnReader()
    const { relay, first, next } = await begin(at, { procedure: 'pinReset', pin: 'auth' }, { auth: '7391' })
    relay.breaks = [{ script: 4, step: 4, at: 'after' }]
    assert.equal((await runToEnd(relay, first, next)).kind, 'finished')
    assert.equal(opens(at.card, JPKI, 0x18, '7391'), true)
  })

  test('done anew for the same PIN at the same terminal, the session that was cut is over; others are not', async () => {
    const at = await cardOnReader()
    const opened = async (pin: 'auth' | 'text', terminal = TERMINAL) =>
      (await service.open(at.serial, { procedure: 'pinReset', pin }, opener(terminal))).session
    const open = async () => {
      const sql = "SELECT id FROM script_session WHERE card = ? AND state = 'open' ORDER BY id"
      return (await parts.store.all<{ id: string }>(sql, at.serial)).map(({ id }) => id)
    }
    const cut = await opened('auth')
    const others = [await opened('text'), await opened('auth', { ...TERMINAL, terminal: 'elsewhere' })]
    const anew = await opened('auth')
    assert.deepEqual(await open(), [...others, anew].sort())
    const late = await service.next(cut, { seq: 1, answers: [], stopped: 'noAnswer' }, TERMINAL)
    assert.deepEqual(late, { kind: 'refused', code: 'staleReport' })
  })

  test('a kiosk needs a reservation that was used up for this card and PIN, and each opens one session', async () => {
    const at = await cardOnReader()
    const now = parts.clock.now()
    const kiosk = { terminal: 'kiosk-1' }
    const ask = { procedure: 'pinReset', pin: 'sign' } as const
    await assert.rejects(service.open(at.serial, ask, opener(kiosk, 'kiosk')), { code: 'noReservation' })
    const { reply } = await perform(at, { procedure: 'certificate', kind: 'auth' })
    assert.equal(reply.kind, 'finished')
    await parts.store.transaction((tx) =>
      tx.run(
        "INSERT INTO reservation (id, pin, cert, card, state, challenge, at, expires_at) SELECT 'r-1', 'sign', id, card, 'used', '', ?, ? FROM cert WHERE card = ? AND state = 'active'",
        now,
        now + 1000,
        at.serial,
      ),
    )
    await assert.rejects(service.open(at.serial, { ...ask, pin: 'auth', reservation: 'r-1' }, opener(kiosk, 'kiosk')), {
      code: 'noReservation',
    })
    await service.open(at.serial, { ...ask, reservation: 'r-1' }, opener(kiosk, 'kiosk'))
    await assert.rejects(service.open(at.serial, { ...ask, reservation: 'r-1' }, opener(kiosk, 'kiosk')), {
      code: 'noReservation',
    })
  })
})

describe('applications of the free area', () => {
  // 公務員身分証 of the simulated chip (F29).
  const cap = buildCapFile({
    package: { aid: fromHex('F04D444702'), major: 1, minor: 0 },
    applets: [fromHex('F04D44470201')],
    codeSize: 900,
  })

  const maker = provider('maker-1')
  const staffCard = { id: 'staff-card', area: 'free', instance: 'F04D4447020101', cap } as const
  before(async () => {
    await enrolProvider(parts, { id: maker.id, publicKey: maker.key.publicKey }, TERMINAL)
    await registerApp(parts, signedApp(maker, staffCard), TERMINAL)
  })

  test('F27: loaded with keys of the area’s own, found whole the second time, deleted, and gone', async () => {
    const at = await cardOnReader()
    const ask = (procedure: 'loadApplication' | 'deleteApplication') =>
      perform(at, { procedure, application: 'staff-card' })
    const loaded = await ask('loadApplication')
    assert.deepEqual(
      loaded.reply,
      { kind: 'finished', result: { application: 'staff-card' } },
      loaded.relay.trace.join('\n'),
    )
    assert.ok(loaded.relay.trace.filter((line) => line === 'LOAD 9000').length >= 4)
    const again = await ask('loadApplication')
    assert.equal(again.reply.kind, 'finished')
    assert.ok(!again.relay.trace.some((line) => line.startsWith('LOAD')))
    const held = () => parts.store.all('SELECT app FROM card_app WHERE card = ?', at.serial)
    assert.deepEqual(
      (await held()).map(({ app }) => app),
      ['staff-card'],
    )
    assert.equal((await ask('deleteApplication')).reply.kind, 'finished')
    assert.deepEqual(await held(), [])
    assert.equal((await ask('deleteApplication')).reply.kind, 'finished', 'gone is gone')
    assert.equal((await ask('loadApplication')).reply.kind, 'finished')
  })

  test('rule 10: torn at any step of the load, it ends whole', async () => {
    const at = await cardOnReader()
    const ask = { procedure: 'loadApplication', application: 'staff-card' } as const
    await perform(at, ask)
    for (let step = 0; step < 6; step++)
      for (const place of ['before', 'after'] as const) {
        await perform(at, { ...ask, procedure: 'deleteApplication' })
        const { relay, first, next } = await begin(at, ask)
        relay.breaks = [{ script: 2, step, at: place }]
        const reply = await runToEnd(relay, first, next)
        assert.equal(reply.kind, 'finished', `${step} ${place} ${JSON.stringify(reply)} ${relay.trace.join(', ')}`)
        assert.ok(relay.trace.includes('lost'))
      }
  })

  test('unknown applications, cards out of use and files that are no CAP file are refused by code', async () => {
    const at = await cardOnReader()
    const open = (serial: string, application = 'staff-card') =>
      service.open(serial, { procedure: 'loadApplication', application }, opener(TERMINAL, 'town'))
    await assert.rejects(open(at.serial, 'none'), { code: 'unknownApplication' })
    await assert.rejects(open('none'), { code: 'unknownCard' })
    await backend.abolish(at.serial)
    await assert.rejects(open(at.serial), { code: 'cardState' })
    const noCap = { ...signedApp(maker, staffCard), id: 'other', cap: new Uint8Array(9) }
    await assert.rejects(registerApp(parts, noCap, TERMINAL), { code: 'badInput' })
    await registerApp(parts, signedApp(maker, staffCard), TERMINAL)
    const other = signedApp(maker, { ...staffCard, area: 'ordinance' })
    await assert.rejects(registerApp(parts, other, TERMINAL), { code: 'applicationExists' })
  })

  test('P21: only what an enrolled provider signed is registered, and it is checked again before each load', async () => {
    const signed = signedApp(maker, { ...staffCard, id: 'app-2' })
    const stranger = provider('maker-1')
    for (const wrong of [
      { ...signed, id: 'app-3' },
      { ...signed, area: 'ordinance' as const },
      { ...signed, instance: 'F04D4447020102' },
      { ...signed, signature: signed.signature.slice(1) },
      { ...signed, provider: 'nobody' },
      signedApp(stranger, { ...staffCard, id: 'app-2' }),
    ])
      await assert.rejects(registerApp(parts, wrong, TERMINAL), { code: 'packageNotSigned' })
    await registerApp(parts, signed, TERMINAL)
    const at = await cardOnReader()
    const load = () =>
      service.open(at.serial, { procedure: 'loadApplication', application: 'app-2' }, opener(TERMINAL, 'town'))
    await load()
    const column = 'UPDATE app SET load_file = ? WHERE id = ?'
    const row = await parts.store.get<{ load_file: Uint8Array }>("SELECT load_file FROM app WHERE id = 'app-2'")
    const changed = Uint8Array.from(row?.load_file ?? [])
    changed[20] = (changed[20] as number) ^ 1
    await parts.store.transaction((tx) => tx.run(column, changed, 'app-2'))
    const started = await cardOnReader()
    const ask = { procedure: 'loadApplication', application: 'app-2' } as const
    const { reply } = await perform(started, ask)
    assert.deepEqual([reply.kind, 'code' in reply && reply.code], ['refused', 'packageNotSigned'])
    await parts.store.transaction((tx) => tx.run(column, row?.load_file ?? changed, 'app-2'))
    assert.equal((await perform(await cardOnReader(), ask)).reply.kind, 'finished')
    await disableProvider(parts, maker.id, TERMINAL)
    assert.equal((await perform(await cardOnReader(), ask)).reply.kind, 'refused')
    await enrolProvider(parts, { id: maker.id, publicKey: maker.key.publicKey }, TERMINAL)
    await assert.rejects(disableProvider(parts, 'nobody', TERMINAL), { code: 'unknownProvider' })
    const weak = { id: 'weak', publicKey: new Uint8Array(9) }
    await assert.rejects(enrolProvider(parts, weak, TERMINAL), { code: 'badKey' })
  })
})
