/** Two witnesses that never saw each other: this client and the simulated chip, every key length × i × level (issue: Proof). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LEVELS, OPTION } from '../../src/applications/globalplatform/scp03-session.ts'
import { openSecureChannel } from '../../src/applications/globalplatform/secure-channel.ts'
import { uint } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { chipCard, ISD, seededRandom, testKeys } from './chip-card.ts'

const supports = (i: number, level: number) =>
  (!(level & 0x10) || (i & OPTION.R_MAC) !== 0) && (!(level & 0x20) || (i & OPTION.R_ENCRYPTION) !== 0)

for (const keyLength of [16, 24, 32] as const)
  for (const i of [0x00, 0x10, 0x20, 0x30, 0x60, 0x70, 0x01, 0x11, 0x21, 0x31, 0x61, 0x71])
    test(`AES-${keyLength * 8}, i = ${hex(uint(i, 1))}: every level it offers`, async () => {
      const chip = await chipCard({ keyLength, i })
      for (const level of LEVELS.filter((each) => supports(i, each))) {
        await chip.transmit(fromHex('00A4040000'))
        const channel = await openSecureChannel({
          transmit: chip.transmit,
          keys: testKeys(keyLength),
          level,
          random: seededRandom(level),
          s16: (i & OPTION.S16) !== 0,
        })
        assert.equal(channel.card.options, i)
        assert.equal(channel.challengeIsGenuine(ISD), i & OPTION.PSEUDO_RANDOM ? true : undefined)
        // Without data, refused bare, with data: the counters of both sides must agree at each.
        for (let round = 0; round < 2; round++) {
          assert.match(hex(await channel.transmit(fromHex('80CA00E000'))), /^E0.*9000$/)
          assert.equal(hex(await channel.transmit(fromHex('80CA123400'))), '6A88')
          if (level !== 0x00) assert.match(hex(await channel.transmit(fromHex('80F28002024F0000'))), /^E3.*9000$/)
        }
        channel.close()
      }
    })
