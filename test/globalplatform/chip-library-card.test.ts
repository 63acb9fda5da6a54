/** A card of one's own in the free area, from the file to the counter: load, install, personalise, use, take away (F27–F29). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aid } from '../../src/applications/globalplatform/aid.ts'
import { buildCapFile } from '../../src/applications/globalplatform/cap-builder.ts'
import { parseCapFile } from '../../src/applications/globalplatform/cap-file.ts'
import { keySet } from '../../src/applications/globalplatform/key-set.ts'
import { dataGrouping, STRUCTURE } from '../../src/applications/globalplatform/store-data.ts'
import { ascii } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { chipCard, testKeys } from './chip-card.ts'
import { done, inventory, managerOf } from './with-manager.ts'

/** The two areas of a new card, each a domain with keys of its own (facts 2.9, F27). */
const AREAS = { 'free area': aid('F04D444700A1'), 条例利用領域: aid('F04D444700A2') }
const AREA_KEYS = keySet(0x30, testKeys().enc)
/** 図書館利用者カード. */
const LIBRARY = aid('F04D444701')
const MODULE = aid('F04D44470101')
const cap = parseCapFile(
  buildCapFile({ package: { aid: LIBRARY, major: 1, minor: 0 }, applets: [MODULE], codeSize: 1200 }),
)

for (const [name, domain] of Object.entries(AREAS))
  test(`a library card in the ${name}, by the area's own keys`, async () => {
    const chip = await chipCard()
    const area = await managerOf(chip, { domain, keys: AREA_KEYS })
    const before = await inventory(area)
    done(await area.load(cap))
    done(await area.install({ loadFile: LIBRARY, module: MODULE, aid: MODULE }))
    const groupings = [
      dataGrouping(0x0101, ascii('1234')),
      dataGrouping(0x0201, ascii('USER 0000001')),
      dataGrouping(0x0202, ascii('LENT: 2 BOOKS')),
    ]
    done(await area.personalise(groupings, MODULE, STRUCTURE.DGI))
    area.close()

    const send = async (command: string) => hex(await chip.transmit(fromHex(command)))
    assert.match(await send(`00A40400${'06'}${hex(MODULE)}00`), /9000$/)
    const record = (text: string) => new RegExp(`${hex(ascii(text))}9000$`)
    assert.match(await send('00B2010400'), record('USER 0000001'))
    assert.equal(await send('00B2020400'), '6982')
    assert.equal(await send('00200081 04 30303030'), '63C2')
    assert.equal(await send('00200081 04 31323334'), '9000')
    assert.match(await send('00B2020400'), record('LENT: 2 BOOKS'))

    const again = await managerOf(chip, { domain, keys: AREA_KEYS })
    done(await again.delete(LIBRARY, { related: true }))
    assert.deepEqual(await inventory(again), before)
  })
