/** CAP files: what the builder makes, the reader reads back (Java Card VM specification, chapter 6). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { unzipSync, zipSync } from 'fflate'
import { buildCapFile, FRAMEWORK } from '../../src/applications/globalplatform/cap-builder.ts'
import { COMPONENT_TAG } from '../../src/applications/globalplatform/cap-component.ts'
import {
  CapFileError,
  loadFileDataBlock,
  parseCapFile,
  parseLoadFileDataBlock,
} from '../../src/applications/globalplatform/cap-file.ts'
import { concat, uint } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'

const PACKAGE = { aid: fromHex('F00000000101'), major: 1, minor: 2 }
const APPLET = fromHex('F0000000010101')

test('the components go to the card in the order of the specification, and begin as it says', () => {
  const cap = parseCapFile(buildCapFile({ package: PACKAGE, applets: [APPLET] }))
  const block = loadFileDataBlock(cap)
  const tags: number[] = []
  for (let at = 0; at < block.length; at += 3 + (block[at + 1] as number) * 256 + (block[at + 2] as number))
    tags.push(block[at] as number)
  assert.deepEqual(tags, [1, 2, 4, 3, 6, 7, 8, 5, 9, 11])
  // Header: magic, format 2.1, flag "applets", package 1.2 and its AID.
  assert.equal(hex(block.subarray(0, 19)), '010010DECAFFED010204020106F00000000101'.replace(/\s/g, ''))
  assert.deepEqual(parseLoadFileDataBlock(block).applets, cap.applets)
})

test('the Directory component tells every size, and the install methods are where the Applet component says', () => {
  const cap = parseCapFile(
    buildCapFile({ package: PACKAGE, applets: [APPLET, fromHex('F0000000010102')], codeSize: 500 }),
  )
  const directory = cap.components.get('Directory') ?? assert.fail()
  for (const [name, tag] of Object.entries(COMPONENT_TAG)) {
    if (tag > 11) continue
    const told = (directory[3 + 2 * (tag - 1)] as number) * 256 + (directory[4 + 2 * (tag - 1)] as number)
    assert.equal(told, (cap.components.get(name as 'Header')?.length ?? 3) - 3, name)
  }
  const method = (cap.components.get('Method') ?? assert.fail()).subarray(3)
  for (const { installMethodOffset } of cap.applets)
    assert.equal(hex(method.subarray(installMethodOffset, installMethodOffset + 3)), '00307A')
  assert.ok(method.length >= 500)
})

test('format 2.2, integers, exports and a debug component: told in header and directory, debug not sent to the card', () => {
  const description = {
    package: PACKAGE,
    applets: [APPLET],
    format: '2.2',
    int: true,
    exports: true,
    debug: true,
  } as const
  const file = buildCapFile({ ...description, packageName: 'jp/example/library' })
  assert.ok(Object.keys(unzipSync(file)).includes('jp/example/library/javacard/Debug.cap'))
  const cap = parseCapFile(file)
  assert.deepEqual([cap.format, cap.flags, cap.packageName], [[2, 2], 0x07, 'jp/example/library'])
  assert.deepEqual([...cap.components.keys()].includes('Debug'), false)
  const directory = cap.components.get('Directory') ?? assert.fail()
  assert.equal(directory.length, 3 + 12 * 2 + 9)
  assert.equal(hex(directory.subarray(3 + 22, 3 + 24)), '0006', 'twelfth size: debug')
  assert.equal(hex(loadFileDataBlock(cap)).includes('0A000100'), true, 'Export of no class')
})

const aid = fc.uint8Array({ minLength: 5, maxLength: 16 })
const byte = fc.integer({ min: 0, max: 255 })
const packageRef = fc.record({ aid, major: byte, minor: byte }, { noNullPrototype: true })
const description = fc.record({
  package: packageRef,
  applets: fc.array(aid, { maxLength: 5 }),
  imports: fc.array(packageRef, { maxLength: 5 }),
  codeSize: fc.integer({ min: 0, max: 3000 }),
  format: fc.constantFrom('2.1', '2.2'),
  int: fc.boolean(),
  exports: fc.boolean(),
  debug: fc.boolean(),
})

test('any description comes back from the file, and the same description gives the same bytes', () => {
  fc.assert(
    fc.property(description, (wanted) => {
      const file = buildCapFile(wanted)
      const cap = parseCapFile(file)
      assert.deepEqual(cap.package, wanted.package)
      assert.deepEqual(cap.imports, wanted.imports)
      assert.deepEqual(
        cap.applets.map((applet) => hex(applet.aid)),
        wanted.applets.map(hex),
      )
      assert.deepEqual(cap.format, [2, wanted.format === '2.1' ? 1 : 2])
      assert.deepEqual(buildCapFile(wanted), file)
      assert.deepEqual(parseLoadFileDataBlock(loadFileDataBlock(cap)).package, cap.package)
    }),
    { numRuns: 100 },
  )
})

test('a file that is no CAP file is refused with a sentence that says why', () => {
  const good = unzipSync(buildCapFile({ package: PACKAGE, applets: [APPLET], imports: [FRAMEWORK] }))
  const without = (name: string) => Object.fromEntries(Object.entries(good).filter(([path]) => !path.endsWith(name)))
  const changed = (name: string, change: (bytes: Uint8Array) => Uint8Array) =>
    Object.fromEntries(
      Object.entries(good).map(([path, bytes]) => [path, path.endsWith(name) ? change(bytes.slice()) : bytes]),
    )
  const at = (index: number, value: number) => (bytes: Uint8Array) => bytes.map((b, i) => (i === index ? value : b))
  const cases: readonly (readonly [Record<string, Uint8Array>, RegExp])[] = [
    [without('Header.cap'), /no Header/],
    [without('Directory.cap'), /no Directory/],
    [without('Import.cap'), /no Import/],
    [changed('Header.cap', at(3, 0)), /Header component is malformed/],
    [changed('Header.cap', at(12, 4)), /Header component is malformed/],
    [changed('Header.cap', at(0, 2)), /Header\.cap has the wrong tag or size/],
    [changed('Import.cap', at(3, 9)), /Import component is malformed/],
    [changed('Applet.cap', at(3, 9)), /Applet component is malformed/],
    [changed('Header.cap', at(9, 0x0c)), /extended CAP file/],
    [
      changed('.cap', (bytes) =>
        bytes[0] === 1 ? at(9, 0x0c)(bytes) : concat(bytes.subarray(0, 1), uint(0, 2), bytes.subarray(1)),
      ),
      /extended CAP file/,
    ],
    [{ ...good, 'other/javacard/Header.cap': new Uint8Array(3) }, /two packages/],
  ]
  for (const [files, why] of cases)
    assert.throws(
      () => parseCapFile(zipSync(files)),
      (error) => error instanceof CapFileError && why.test(error.message),
      String(why),
    )
  assert.throws(() => parseCapFile(fromHex('00')), /not a zip/)
  assert.throws(() => parseLoadFileDataBlock(fromHex('0C0000')), /byte 0/)
})
