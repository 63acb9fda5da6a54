/** The specimen world: every card is as it says, known to the backend, and as it was at the second start. */

import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { SPECIMEN_NAMES, SPECIMENS } from '../../apps/world/specimens.ts'
import { openWorld, type World } from '../../apps/world/world.ts'
import { bytesOf } from '../../src/backend/ca/certificate-bytes.ts'
import type { CertRow } from '../../src/backend/ca/states.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { takes } from '../procedures/terminal.ts'

let folder: string
let world: World
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'madoguchi-world-test-'))
  world = await openWorld({ data: folder })
})
after(async () => {
  await world.close()
  rmSync(folder, { recursive: true, force: true })
})

test('every specimen is registered and stands where it says', async () => {
  for (const name of SPECIMEN_NAMES) {
    const { serial, reached } = SPECIMENS[name]
    const row = await world.backend.parts.store.get<{ state: string }>(
      'SELECT state FROM card WHERE serial = ?',
      serial,
    )
    assert.equal(row?.state, reached, name)
  }
})

test('certificates on the cards are those the backend says are active, one for each kind; a move ended the signature one', async () => {
  const rows = await world.backend.parts.store.all<CertRow>('SELECT * FROM cert')
  let compared = 0
  for (const name of SPECIMEN_NAMES) {
    const { serial } = SPECIMENS[name]
    for (const [kind, file] of [
      ['sign', '0001'],
      ['auth', '000A'],
    ] as const) {
      const onCard = world.card(name).toImage().cells['jpki']?.[file]
      const issued = rows.filter((row) => row.card === serial && row.kind === kind)
      assert.equal(issued.length, onCard === undefined ? 0 : 1, `${name} ${kind}`)
      if (issued[0] === undefined) continue
      assert.equal(onCard, hex(bytesOf(world.backend.parts, issued[0], 'der') ?? new Uint8Array(0)))
      assert.equal(issued[0].state, name === 'moved' && kind === 'sign' ? 'revoked' : 'active')
      compared++
    }
  }
  assert.equal(compared, 16)
  const keys = await world.backend.parts.store.all('SELECT DISTINCT key_hash FROM cert')
  assert.equal(keys.length, compared, 'no two cards share a key')
})

test('expired: issued by this backend when the town was founded, run out since; the card itself is still valid', async () => {
  const { cells } = world.card('expired').toImage()
  for (const file of ['0001', '000A']) {
    const certificate = new X509Certificate(fromHex(cells['jpki']?.[file] ?? ''))
    assert.ok(certificate.validToDate.getTime() < Date.now(), certificate.validTo)
    const authority = new X509Certificate(fromHex(cells['jpki']?.[file === '0001' ? '0002' : '000B'] ?? ''))
    assert.ok(certificate.verify(authority.publicKey))
    assert.ok(authority.validFromDate <= certificate.validFromDate, 'its authority was there before it')
  }
  const row = await world.backend.parts.store.get<{ expires: string }>(
    'SELECT expires FROM card WHERE serial = ?',
    SPECIMENS.expired.serial,
  )
  assert.ok(Number(row?.expires.slice(0, 4)) >= new Date().getFullYear())
})

test('a fork is the same world, and nothing that happens there happens here', async () => {
  const began = performance.now()
  const cpu = process.cpuUsage()
  await using fork = await world.fork()
  const { user, system } = process.cpuUsage(cpu)
  console.log(`fork: ${Math.round(performance.now() - began)} ms, CPU ${Math.round((user + system) / 1000)} ms`)
  assert.deepEqual(fork.card('hanako').toImage(), world.card('hanako').toImage())
  const states = 'SELECT serial, state FROM card ORDER BY serial'
  const before = await world.backend.parts.store.all(states)
  assert.deepEqual(await fork.backend.parts.store.all(states), before)
  await fork.backend.parts.store.transaction((tx) => tx.run("UPDATE card SET state = 'suspended'"))
  fork.card('hanako').memory.write('world/only-here', Uint8Array.of(1))
  assert.deepEqual(await world.backend.parts.store.all(states), before)
  assert.equal(world.card('hanako').memory.read('world/only-here'), undefined)
  assert.notEqual(fork.address, world.address)
})

test('a folder that holds something else is refused and left alone; a world that was never finished leaves none', async () => {
  const other = mkdtempSync(join(tmpdir(), 'madoguchi-world-other-'))
  writeFileSync(join(other, 'letter.txt'), 'mine')
  await assert.rejects(openWorld({ data: other }), { name: 'StoreRefused', message: /holds something else/ })
  assert.deepEqual(readdirSync(other), ['letter.txt'])
  const never = join(other, 'town')
  const progress = () => {
    throw new Error('stopped here')
  }
  await assert.rejects(openWorld({ data: never, progress }), /stopped here/)
  assert.deepEqual(readdirSync(other), ['letter.txt'])
  rmSync(other, { recursive: true })
})

test('PINs are as each card says', () => {
  const pins = ['sign', 'auth', 'text'] as const
  const good = (name: string) => pins.map((pin) => takes(world.card(name), pin, pin === 'sign' ? 'ABC123' : '1234'))
  assert.deepEqual(good('hanako'), [true, true, true])
  assert.deepEqual(good('signBlocked'), [false, true, true])
  assert.deepEqual(good('authBlocked'), [true, false, true])
  assert.deepEqual(good('allBlocked'), [false, false, false])
  assert.deepEqual(good('face'), [false, false, true])
  assert.deepEqual(good('prepared'), [false, false, false])
  assert.throws(() => world.card('nobody'), RangeError)
})

test('a second process is refused; a second start finds cards and register as they were', async () => {
  await assert.rejects(openWorld({ data: folder }), { name: 'StoreRefused' })
  const card = world.card('hanako')
  card.powerOn('contact')
  card.transmit(Buffer.from('00A4040C0AD392F000260100000001', 'hex'))
  assert.equal(hex(card.transmit(Buffer.from('002000980439393939', 'hex'))), '63C2')
  card.powerOff()
  const before = card.toImage()
  const certificates = 'SELECT serial, state FROM cert ORDER BY serial'
  const known = await world.backend.parts.store.all(certificates)
  await world.close()
  world = await openWorld({ data: folder })
  assert.deepEqual(world.card('hanako').toImage(), before, 'the try that was spent stays spent')
  assert.deepEqual(await world.backend.parts.store.all(certificates), known)
})
