/** Answers of the card: what they mean, and that no bytes whatever make a parser throw. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CapFileError, parseCapFile, parseLoadFileDataBlock } from '../../src/applications/globalplatform/cap-file.ts'
import { parseConfirmation, verifyReceipt } from '../../src/applications/globalplatform/confirmation.ts'
import {
  getData,
  parseCardData,
  parseCplc,
  parseExtendedResources,
  parseKeyInformation,
} from '../../src/applications/globalplatform/get-data.ts'
import { entryState, getStatus, type Scope } from '../../src/applications/globalplatform/get-status.ts'
import { readAnswer } from '../../src/applications/globalplatform/gp-command.ts'
import { GpError } from '../../src/applications/globalplatform/gp-error.ts'
import { parseGreeting } from '../../src/applications/globalplatform/initialize-update.ts'
import { openChannel, select } from '../../src/applications/globalplatform/select.ts'
import { setCardState } from '../../src/applications/globalplatform/set-status.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { referenceCmac } from './peer.ts'

const answer = (data: string, sw = 0x9000) => ({ data: fromHex(data), sw })

test('GET STATUS: applications, domains, load files with modules (GPCS table 11-36)', () => {
  const page = readAnswer(
    getStatus('APPLICATIONS', 'first'),
    answer(
      'E31C 4F07F0000000010101 9F700107 C503000000 C406F00000000101 CC00' +
        'E317 4F07F0000000010102 9F70018F C503A00000 CC03 010203',
      0x6310,
    ),
  )
  assert.equal(page.more, true)
  assert.deepEqual(
    page.entries.map((entry) => [hex(entry.aid), entry.kind, entryState(entry)]),
    [
      ['F0000000010101', 'application', 'SELECTABLE'],
      ['F0000000010102', 'securityDomain', 'LOCKED (was PERSONALIZED)'],
    ],
  )
  assert.equal(hex(page.entries[0]?.loadFile ?? new Uint8Array()), 'F00000000101')
  const files = readAnswer(
    getStatus('LOAD_FILES_AND_MODULES', 'first'),
    answer('E31C 4F06F00000000101 9F700101 CE020102 8407F0000000010101 84015A'),
  )
  assert.deepEqual(files.entries[0]?.version, [1, 2])
  assert.deepEqual(files.entries[0]?.modules.map(hex), ['F0000000010101', '5A'])
  assert.deepEqual(readAnswer(getStatus('LOAD_FILES', 'first'), answer('', 0x6a88)), { entries: [], more: false })
})

test('GET DATA: card recognition data, key information, CPLC, free memory', () => {
  const recognition =
    '7326 06072A864886FC6B01 600C060A2A864886FC6B02020301 630906072A864886FC6B03 640B06092A864886FC6B040370'
  const expected = { version: '2.3.1', protocols: [[3, 0x70]] }
  const bare = fromHex(recognition)
  bare[1] = bare.length - 2
  assert.deepEqual(parseCardData(bare), expected)
  assert.deepEqual(parseCardData(fromHex(`66${hex(Uint8Array.of(bare.length))}${hex(bare)}`)), expected)
  assert.deepEqual(parseKeyInformation(fromHex('C00401FF8810 C00402FF8810 C00601 70A180A003')), [
    { id: 1, version: 0xff, components: [{ type: 'AES', bytes: 16 }] },
    { id: 2, version: 0xff, components: [{ type: 'AES', bytes: 16 }] },
    {
      id: 1,
      version: 0x70,
      components: [
        { type: 'RSA modulus', bytes: 0x80 },
        { type: 'RSA public exponent', bytes: 3 },
      ],
    },
  ])
  assert.deepEqual(parseKeyInformation(fromHex('C00C0170FFA10100FFA000030000')), [
    {
      id: 1,
      version: 0x70,
      components: [
        { type: 'RSA modulus', bytes: 256 },
        { type: 'RSA public exponent', bytes: 3 },
      ],
    },
  ])
  assert.equal(parseKeyInformation(fromHex('C00301FF88')), undefined)
  assert.equal(hex(parseCplc(new Uint8Array(42).fill(7))?.icSerialNumber ?? new Uint8Array()), '07070707')
  assert.deepEqual(parseExtendedResources(fromHex('810102 82020400 83020100')), {
    applications: 2,
    freeNonVolatile: 0x400,
    freeVolatile: 0x100,
  })
  assert.equal(hex(readAnswer(getData(0x42), answer('4203010203')) ?? new Uint8Array()), '010203')
  assert.equal(hex(readAnswer(getData(0x42), answer('010203')) ?? new Uint8Array()), '010203')
  assert.equal(readAnswer(getData(0x42), answer('', 0x6a88)), null)
})

test('a refusal names command, status word, section and what to do', () => {
  const refused = (run: () => unknown) => {
    try {
      run()
    } catch (error) {
      if (error instanceof GpError) return error.message
    }
    return assert.fail('not refused')
  }
  assert.equal(
    refused(() => readAnswer(setCardState('OP_READY'), answer('', 0x6985))),
    'SET STATUS refused with 6985: the transition is not allowed (GPCS 11.10). ' +
      'The card’s life cycle goes one way; only CARD_LOCKED leads back to SECURED (5.1).',
  )
  assert.match(
    refused(() => readAnswer(select(), answer('', 0x6d00))),
    /6D00: invalid instruction \(GPCS 11\.9\)/,
  )
  assert.match(
    refused(() => readAnswer(select(), answer('', 0x1234))),
    /1234: a status word the section does not list/,
  )
  assert.match(
    refused(() => readAnswer(openChannel(), answer('0102'))),
    /does not have the form of GPCS 11\.7/,
  )
  assert.match(
    refused(() => readAnswer(openChannel(), undefined)),
    /does not have the form/,
  )
})

test('receipts: AES-CMAC over counter, card unique data and AIDs (GPCS C.5)', () => {
  const key = fromHex('000102030405060708090A0B0C0D0E0F')
  const aid = fromHex('F00000000101')
  const receipt = referenceCmac(key, fromHex(`020001 03AABBCC 06${hex(aid)}`))
  const answered = parseConfirmation(fromHex(`10${hex(receipt)} 020001 03AABBCC`))
  const framed = parseConfirmation(fromHex(`1810${hex(receipt)} 020001 03AABBCC`))
  assert.deepEqual(framed, answered, 'with the length of the whole before it (decision 0130)')
  const { confirmation } = answered ?? {}
  assert.ok(confirmation)
  assert.equal(verifyReceipt(key, confirmation, aid), true)
  assert.equal(verifyReceipt(key, confirmation, aid, aid), false)
  assert.deepEqual(parseConfirmation(fromHex('00')), {})
  assert.equal(parseConfirmation(fromHex('10AA')), undefined)
})

test('every parser is total: any bytes give a value or undefined', () => {
  const scopes: readonly Scope[] = ['ISSUER', 'APPLICATIONS', 'LOAD_FILES', 'LOAD_FILES_AND_MODULES']
  // Bytes at random, and bytes that look like data objects.
  const tags = fc.constantFrom(
    'E3',
    '4F',
    '9F70',
    'C5',
    'C4',
    'CC',
    'CE',
    '84',
    'C0',
    '66',
    '73',
    '06',
    '64',
    '6F',
    '82',
  )
  const object = fc
    .tuple(tags, fc.uint8Array({ maxLength: 12 }))
    .map(([tag, value]) => `${tag}${hex(Uint8Array.of(value.length))}${hex(value)}`)
  const nested = fc.array(object, { maxLength: 4 }).map((objects) => {
    const inner = fromHex(objects.join(''))
    return fromHex(`E3${hex(Uint8Array.of(inner.length))}${hex(inner)}`)
  })
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), nested), (data) => {
      for (const scope of scopes) getStatus(scope, 'first').parse({ data, sw: 0x9000 })
      for (const parse of [parseCardData, parseKeyInformation, parseCplc, parseExtendedResources, parseConfirmation])
        parse(data)
      for (const size of [8, 16]) parseGreeting(data, size)
      select().parse({ data, sw: 0x9000 })
      openChannel().parse({ data, sw: 0x9000 })
      for (const parse of [parseCapFile, parseLoadFileDataBlock])
        assert.throws(
          () => parse(data),
          (error) => error instanceof CapFileError,
        )
    }),
    { numRuns: 2000 },
  )
})
