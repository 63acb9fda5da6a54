/** The client's verbs against the simulated chip: keys, domains, locks, extradition, paging, torn loads (issue: both sides). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onChannel } from '../../src/applications/globalplatform/class-byte.ts'
import { entryState } from '../../src/applications/globalplatform/get-status.ts'
import { perform } from '../../src/applications/globalplatform/gp-command.ts'
import { diversify, keySet } from '../../src/applications/globalplatform/key-set.ts'
import { openSecureChannel, type SecureChannel } from '../../src/applications/globalplatform/secure-channel.ts'
import { closeChannel, openChannel, select } from '../../src/applications/globalplatform/select.ts'
import { equal } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { encodeCommand } from '../../src/card/command.ts'
import { PowerLost } from '../../src/card/ports.ts'
import { chipCard, ISD, seededRandom, testKeys } from './chip-card.ts'
import { capOf, DOMAIN_MODULE, DOMAIN_PACKAGE, done, inventory, managerOf, moduleOf, refusal } from './with-manager.ts'

const DOMAIN = fromHex('F0000000D0')

for (const length of [16, 24, 32])
  test(`keys: a diversified AES-${length * 8} set replaces the factory set, then itself`, async () => {
    const chip = await chipCard()
    const first = await managerOf(chip)
    const master = Uint8Array.from({ length }, (_, i) => i ^ 0x5a)
    const own = diversify(master, 0x30, first.channel.card.identification)
    done(await first.putKeys(own))
    const info = done(await first.info())
    assert.deepEqual([...new Set(info.keys?.map(({ version }) => version))], [0x30], 'the factory set is gone')
    const second = await managerOf(chip, { keys: (card) => diversify(master, 0x30, card.identification) })
    done(await second.putKeys(keySet(0x31, new Uint8Array(16).fill(length)), 0x30))
    const third = await managerOf(chip, { keys: keySet(0x31, new Uint8Array(16).fill(length)) })
    assert.deepEqual([...new Set(done(await third.info()).keys?.map(({ version }) => version))], [0x31])
  })

test('a supplementary domain: made with its quota, keyed, loads into itself, and goes with what it holds', async () => {
  const chip = await chipCard()
  const issuer = await managerOf(chip)
  const before = await inventory(issuer)
  const privileges = ['SECURITY_DOMAIN'] as const
  done(
    await issuer.install({
      loadFile: DOMAIN_PACKAGE,
      module: DOMAIN_MODULE,
      aid: DOMAIN,
      privileges,
      nonVolatileQuota: 4000,
    }),
  )
  const keys = keySet(0x20, new Uint8Array(32).fill(0x77))
  // A domain without keys is opened with those of the domain above it.
  const own = await managerOf(chip, { domain: DOMAIN })
  done(await own.putKeys(keys))
  const domain = await managerOf(chip, { domain: DOMAIN, keys })
  assert.equal(domain.channel.card.keyVersion, 0x20)
  // Without delegated or authorised management it may not load by itself.
  assert.match(refusal(await domain.load(capOf(1))), /^(6982|6985)$/)
  const again = await managerOf(chip)
  done(await again.load(capOf(1), { domain: DOMAIN }))
  assert.equal(refusal(await again.load(capOf(2, 5000), { domain: DOMAIN })), '6A84', 'the quota holds')
  const { loadFiles } = done(await again.list())
  const found = loadFiles.find(({ aid }) => equal(aid, capOf(1).package.aid))
  assert.equal(hex(found?.domain ?? fromHex('')), hex(DOMAIN))
  done(await again.delete(capOf(1).package.aid))
  done(await again.delete(DOMAIN))
  assert.deepEqual(await inventory(again), before)
})

test('extradition and registry update: another domain, another privilege', async () => {
  const chip = await chipCard()
  const manager = await managerOf(chip)
  const cap = capOf(3)
  done(
    await manager.install({
      loadFile: DOMAIN_PACKAGE,
      module: DOMAIN_MODULE,
      aid: DOMAIN,
      privileges: ['SECURITY_DOMAIN'],
    }),
  )
  done(await manager.load(cap))
  done(await manager.install({ loadFile: cap.package.aid, module: moduleOf(cap), aid: moduleOf(cap) }))
  done(await manager.extradite(moduleOf(cap), DOMAIN))
  const entry = async () => done(await manager.list()).applications.find(({ aid }) => equal(aid, moduleOf(cap)))
  assert.equal(hex((await entry())?.domain ?? fromHex('')), hex(DOMAIN))
  done(await manager.updateRegistry(moduleOf(cap), ['CARD_LOCK']))
  assert.deepEqual((await entry())?.privileges, ['CARD_LOCK'])
})

test('a domain is personalised with data objects, and tells them', async () => {
  const chip = await chipCard()
  const manager = await managerOf(chip)
  const privileges = ['SECURITY_DOMAIN'] as const
  done(await manager.install({ loadFile: DOMAIN_PACKAGE, module: DOMAIN_MODULE, aid: DOMAIN, privileges }))
  const domain = await managerOf(chip, { domain: DOMAIN })
  done(await domain.personalise([fromHex('4203010203'), fromHex('45020405')]))
  const { issuerNumber, imageNumber } = done(await domain.info())
  assert.deepEqual(
    [issuerNumber, imageNumber].map((value) => hex(value ?? fromHex(''))),
    ['010203', '0405'],
  )
})

test('install in two steps: INSTALLED is not selectable, made selectable it is', async () => {
  const chip = await chipCard()
  const manager = await managerOf(chip)
  const cap = capOf(4)
  done(await manager.load(cap))
  const instance = { loadFile: cap.package.aid, module: moduleOf(cap), aid: moduleOf(cap) }
  done(await manager.install(instance, false))
  const state = async () =>
    done(await manager.list())
      .applications.filter(({ aid }) => equal(aid, moduleOf(cap)))
      .map(entryState)
  assert.deepEqual(await state(), ['INSTALLED'])
  done(await manager.makeSelectable(moduleOf(cap)))
  assert.deepEqual(await state(), ['SELECTABLE'])
  done(await manager.lock(moduleOf(cap)))
  assert.deepEqual(await state(), ['LOCKED (was SELECTABLE)'])
  done(await manager.unlock(moduleOf(cap)))
  assert.deepEqual(await state(), ['SELECTABLE'])
})

test('a locked card refuses content management, is listed all the same, and is unlocked by its issuer', async () => {
  const chip = await chipCard()
  const manager = await managerOf(chip)
  done(await manager.setCardState('CARD_LOCKED'))
  const locked = await managerOf(chip)
  assert.deepEqual(done(await locked.list()).issuer.map(entryState), ['CARD_LOCKED'])
  assert.match(refusal(await locked.load(capOf(5))), /^(6985|6982|6A81|6D00)$/)
  done(await locked.setCardState('SECURED'))
  done(await locked.load(capOf(5)))
})

test('more entries than one answer holds come page by page, each once', async () => {
  const chip = await chipCard()
  const manager = await managerOf(chip)
  const caps = Array.from({ length: 20 }, (_, n) => capOf(0x40 + n, 0))
  for (const cap of caps) done(await manager.load(cap))
  const { loadFiles } = done(await manager.list())
  const ours = loadFiles.map(({ aid }) => hex(aid)).filter((aid) => aid.startsWith('F000000001'))
  assert.deepEqual(ours, [...new Set(ours)])
  assert.equal(ours.length, caps.length)
})

test('after a power cut at any write of a load, loading again gives the whole package (decision 0052)', async () => {
  const plain = await chipCard()
  const cap = capOf(6, 900)
  const first = await managerOf(plain)
  const from = plain.card.memory.writes
  done(await first.load(cap))
  const writes = plain.card.memory.writes - from
  assert.ok(writes > 0)
  const expected = await inventory(first)
  for (let k = 0; k < writes; k++)
    for (const at of ['before', 'inside'] as const) {
      const chip = await chipCard()
      const manager = await managerOf(chip)
      chip.card.memory.planCut({ write: chip.card.memory.writes + 1 + k, at })
      await assert.rejects(manager.load(cap), PowerLost)
      chip.card.powerOn('contact')
      const again = await managerOf(chip)
      const outcome = await again.load(cap)
      assert.ok(outcome.kind === 'ok' || outcome.kind === 'alreadyLoaded', `write ${k} ${at}: ${outcome.kind}`)
      assert.deepEqual(await inventory(again), expected)
    }
})

test('logical channels: a secure channel on each, and none disturbs another (6.2.4)', async () => {
  const chip = await chipCard({ logicalChannels: true })
  const basic = await managerOf(chip)
  const others: SecureChannel[] = []
  for (let n = 0; n < 5; n++) {
    const channel = await perform(chip.transmit, openChannel())
    const { apdu } = select(ISD)
    const answer = await chip.transmit(encodeCommand({ ...apdu, cla: onChannel(apdu.cla, channel) }))
    assert.match(hex(answer), /9000$/)
    others.push(
      await openSecureChannel({
        transmit: chip.transmit,
        keys: testKeys(),
        level: 0x33,
        random: seededRandom(n),
        channel,
      }),
    )
  }
  for (const channel of [...others, ...others.reverse()])
    assert.match(hex(await channel.transmit(fromHex('80F28002024F0000'))), /^E3.*9000$/)
  await perform(chip.transmit, closeChannel(2))
  done(await basic.list())
})

test('a card without logical channels says so', async () => {
  const chip = await chipCard()
  await assert.rejects(perform(chip.transmit, openChannel()), /6D00: logical channels are not supported \(GPCS 11\.7\)/)
})

test('R-MAC session: begun and ended inside a channel of level 03', async () => {
  const chip = await chipCard()
  const { channel } = await managerOf(chip, { level: 0x03 })
  assert.equal(await channel.beginRmac(0x30), 0x9000)
  assert.equal(channel.level, 0x33)
  assert.match(hex(await channel.transmit(fromHex('80CA00E000'))), /^E0.*9000$/)
  assert.equal(await channel.beginRmac(0x10), 0x6985, 'it is active already (7.1.3.7)')
  assert.equal(await channel.endRmac(), 0x9000)
  assert.match(hex(await channel.transmit(fromHex('80CA00E000'))), /^E0.*9000$/)
})

test('a command slipped into the channel by somebody else ends it (5.6)', async () => {
  const chip = await chipCard()
  const { channel } = await managerOf(chip, { level: 0x01 })
  assert.equal(hex(await chip.transmit(fromHex(`84F2800208${'00'.repeat(8)}`))), '6982')
  assert.equal(hex(await channel.transmit(fromHex('80F28002024F0000'))), '6982')
})
