/** 公務員身分証 (F29) from the CAP file to the counter: a PIN of its own, nobody else's. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aid } from '../../src/applications/globalplatform/aid.ts'
import { buildCapFile } from '../../src/applications/globalplatform/cap-builder.ts'
import { parseCapFile } from '../../src/applications/globalplatform/cap-file.ts'
import { keySet } from '../../src/applications/globalplatform/key-set.ts'
import { openSecureChannel } from '../../src/applications/globalplatform/secure-channel.ts'
import { dataGrouping, STRUCTURE } from '../../src/applications/globalplatform/store-data.ts'
import { ascii } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { chipCard, seededRandom, testKeys } from './chip-card.ts'
import { done, managerOf } from './with-manager.ts'

const ORDINANCE_AREA = aid('F04D444700A2')
const AREA_KEYS = keySet(0x30, testKeys().enc)
const STAFF = aid('F04D444702')
const MODULE = aid('F04D44470201')
const cap = parseCapFile(
  buildCapFile({ package: { aid: STAFF, major: 1, minor: 0 }, applets: [MODULE], codeSize: 800 }),
)

test('a staff card: nothing without its PIN, blocked at three, the citizen’s PINs untouched, a new PIN from its area', async () => {
  const chip = await chipCard()
  const area = await managerOf(chip, { domain: ORDINANCE_AREA, keys: AREA_KEYS })
  done(await area.load(cap))
  done(await area.install({ loadFile: STAFF, module: MODULE, aid: MODULE }))
  const groupings = [dataGrouping(0x0101, ascii('8023')), dataGrouping(0x0201, ascii('STAFF 000123'))]
  done(await area.personalise(groupings, MODULE, STRUCTURE.DGI))
  area.close()

  const send = async (command: string) => hex(await chip.transmit(fromHex(command)))
  const selectCard = async () => assert.match(await send(`00A4040006${hex(MODULE)}00`), /9000$/)
  const record = `${hex(ascii('STAFF 000123'))}9000`
  await selectCard()
  assert.equal(await send('00B2010400'), '6982')
  assert.equal(await send(`0020008104${hex(ascii('8023'))}`), '9000')
  assert.equal(await send('00B2010400'), record)
  await selectCard()
  assert.equal(await send('00B2010400'), '6982', 'a new selection forgets the PIN')
  await send(`0020008104${hex(ascii('8023'))}`)
  chip.reset()
  await selectCard()
  assert.equal(await send('00B2010400'), '6982', 'a reset does too')
  // The card holder's own authentication PIN opens nothing here.
  for (const left of ['63C2', '63C1', '63C0', '6984']) assert.equal(await send(`0020008104${hex(ascii('1234'))}`), left)
  assert.equal(await send(`0020008104${hex(ascii('8023'))}`), '6984', 'blocked for the right one too')
  await send('00A4040C0AD392F000260100000001')
  await send('00A4020C020018')
  assert.equal(await send('00200080'), '63C3', 'all tries of the citizen PIN are there')

  await selectCard()
  const random = seededRandom(9)
  const channel = await openSecureChannel({ transmit: chip.transmit, keys: AREA_KEYS, level: 0x33, random })
  const inside = async (command: string) => hex(await channel.transmit(fromHex(command)))
  assert.equal(await inside(`002C028104${hex(ascii('4567'))}`), '9000')
  await selectCard()
  assert.equal(await send(`0020008104${hex(ascii('4567'))}`), '9000')
  assert.equal(await send('00B2010400'), record)
})
