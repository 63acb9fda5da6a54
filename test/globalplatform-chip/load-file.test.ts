/** LOAD of damaged, mismatched and unlinkable CAP files: the right status word, and nothing left behind. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { buildComponents, FRAMEWORK } from '../../src/applications/globalplatform/cap-builder.ts'
import { concat, uint } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { tlv } from '../../src/base/tlv.ts'
import { poweredCard } from './card.ts'
import { LIBRARY, libraryFile, list, loadBlock, loadFile, lvs } from './content.ts'
import { Terminal } from './terminal.ts'

const library = { aid: LIBRARY.package, major: 1, minor: 0 }
const components = () => new Map(buildComponents({ package: library, applets: [LIBRARY.module] }))
const joined = (parts: ReadonlyMap<string, Uint8Array>) => concat(...parts.values())

/** The content of one component, changed; its own length field follows, the directory does not. */
function withContent(name: string, change: (content: Uint8Array) => Uint8Array): Uint8Array {
  const parts = components()
  const old = parts.get(name as never) as Uint8Array
  const content = change(old.slice(3))
  parts.set(name as never, concat(old.subarray(0, 1), uint(content.length, 2), content))
  return joined(parts)
}

const without = (name: string): Uint8Array => {
  const parts = components()
  parts.delete(name as never)
  return joined(parts)
}

const byte = (at: number, value: number) => (content: Uint8Array) => content.map((old, i) => (i === at ? value : old))

const DAMAGED: readonly (readonly [string, Uint8Array, string])[] = [
  ['magic', withContent('Header', byte(0, 0)), '6A80'],
  ['CAP format 3.0', withContent('Header', byte(5, 3)), '6A80'],
  ['CAP format 2.3, of Java Card 3.1', withContent('Header', byte(4, 3)), '6A80'],
  ['CAP format 2.2 with a directory of 2.1', withContent('Header', byte(4, 2)), '6A80'],
  ['the package has another AID', withContent('Header', byte(14, 0x77)), '6A80'],
  ['flag says no applets', withContent('Header', byte(6, 0)), '6A80'],
  ['flag says exports', withContent('Header', byte(6, 6)), '6A80'],
  ['directory: method size', withContent('Directory', byte(13, 0xff)), '6A80'],
  ['directory: one import more', withContent('Directory', byte(28, 2)), '6A80'],
  ['directory: no applet', withContent('Directory', byte(29, 0)), '6A80'],
  ['directory: custom components that are not there', withContent('Directory', byte(30, 1)), '6A80'],
  ['applet AID of four bytes', withContent('Applet', byte(1, 4)), '6A80'],
  ['install method beyond the code', withContent('Applet', (c) => byte(c.length - 2, 0x7f)(c)), '6A80'],
  ['install method at 0', withContent('Applet', (c) => byte(c.length - 1, 0)(c)), '6A80'],
  ['a method too many', withContent('Method', (c) => concat(c, Uint8Array.of(0))), '6A80'],
  ['constant pool count', withContent('ConstantPool', byte(1, 1)), '6A80'],
  ['reference location', withContent('RefLocation', byte(1, 9)), '6A80'],
  ['import count', withContent('Import', byte(0, 2)), '6A80'],
  ['a framework newer than the card has', withContent('Import', byte(1, 9)), '6A88'],
  ['a framework of another major version', withContent('Import', byte(2, 2)), '6A88'],
  ['an unknown package', withContent('Import', (c) => byte(c.length - 1, 0x77)(c)), '6A88'],
  ...['Header', 'Directory', 'Import', 'Applet', 'Class', 'Method', 'StaticField', 'ConstantPool', 'RefLocation'].map(
    (name) => [`no ${name}`, without(name), '6A80'] as const,
  ),
  ['a component twice', concat(libraryFile(), components().get('Import') as Uint8Array), '6A80'],
  ['a component unknown', concat(libraryFile(), fromHex('20000100')), '6A80'],
  ['cut short', libraryFile().subarray(0, -1), '6A80'],
  ['nothing', new Uint8Array(), '6A80'],
  [
    'directory first',
    (() => {
      const f = components()
      const h = f.get('Header') as Uint8Array
      f.delete('Header')
      return concat(joined(f), h)
    })(),
    '6A80',
  ],
]

test('each damage has its status word and leaves the card as it was', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  const before = card.toImage().cells
  for (const [name, block, sw] of DAMAGED) {
    assert.equal(loadFile(terminal, LIBRARY.package, block).sw, sw, name)
    assert.deepEqual(card.toImage().cells, before, name)
  }
  assert.equal(loadFile(terminal, LIBRARY.package, libraryFile()).sw, '9000')
  assert.equal(loadFile(terminal, LIBRARY.package, libraryFile()).sw, '6985', 'it is there already')
})

test('a byte changed anywhere never loads another package, another applet or half a file', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  const block = libraryFile(20)
  fc.assert(
    fc.property(fc.nat(block.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const damaged = block.map((old, i) => (i === at ? old ^ flip : old))
      const { sw } = loadFile(terminal, LIBRARY.package, damaged)
      if (sw !== '9000') return assert.deepEqual(list(terminal, '20'), ['A0000001515350'])
      assert.equal(hex(card.memory.read('gp/F04D444701.code') ?? new Uint8Array()), hex(damaged))
      assert.equal(terminal.send('80E40080', tlv(0x4f, LIBRARY.package)).sw, '9000')
    }),
    { numRuns: 300 },
  )
})

test('a package can be imported by the next one, and then not be deleted alone', () => {
  const terminal = Terminal.open(poweredCard())
  const user = fromHex('F04D444709')
  const needs = (minor: number) =>
    loadBlock({ package: { aid: user, major: 1, minor: 0 }, applets: [], imports: [FRAMEWORK, { ...library, minor }] })
  assert.equal(loadFile(terminal, user, needs(0)).sw, '6A88')
  assert.equal(loadFile(terminal, LIBRARY.package, libraryFile()).sw, '9000')
  assert.equal(loadFile(terminal, user, needs(1)).sw, '6A88', 'it has 1.0')
  assert.equal(loadFile(terminal, user, needs(0)).sw, '9000')
  assert.equal(terminal.send('80E40080', tlv(0x4f, LIBRARY.package)).sw, '6985')
  assert.equal(terminal.send('80E40000', tlv(0x4f, user)).sw, '9000')
  assert.equal(terminal.send('80E40000', tlv(0x4f, LIBRARY.package)).sw, '9000')
})

test('a module may not have the name of a package that is there; nothing may follow the load file', () => {
  const terminal = Terminal.open(poweredCard())
  assert.equal(loadFile(terminal, LIBRARY.package, libraryFile()).sw, '9000')
  const user = fromHex('F04D444709')
  const file = (module: Uint8Array) => loadBlock({ package: { aid: user, major: 1, minor: 0 }, applets: [module] })
  assert.equal(loadFile(terminal, user, file(LIBRARY.package)).sw, '6985')
  const good = file(fromHex('F04D44470901'))
  terminal.send('80E60200', lvs(user, '', '', '', ''))
  assert.equal(terminal.send('80E88000', concat(tlv(0xc4, good), Uint8Array.of(0))).sw, '6A80')
  assert.equal(loadFile(terminal, user, good).sw, '9000')
})

test('the order of LOAD commands is kept', () => {
  const terminal = Terminal.open(poweredCard())
  const file = tlv(0xc4, libraryFile())
  const begin = () => assert.equal(terminal.send('80E60200', lvs(LIBRARY.package, '', '', '', '')).sw, '9000')
  const half = file.subarray(0, 60)
  assert.equal(terminal.send('80E80000', half).sw, '6985', 'nothing announced')
  begin()
  assert.equal(terminal.send('80E80001', half).sw, '6A86', 'begins with block 00')
  assert.equal(terminal.send('80E80000', half).sw, '6985', 'and that ended it')
  begin()
  assert.equal(terminal.send('80E80000', half).sw, '9000')
  assert.equal(terminal.send('80E80002', half).sw, '6A86')
  begin()
  assert.equal(terminal.send('80E80000', half).sw, '9000')
  assert.equal(terminal.send('80F28002', '4F00').sw, '9000')
  assert.equal(terminal.send('80E88001', file.subarray(60)).sw, '6985', 'another command came between')
  begin()
  assert.equal(terminal.send('80E80000', half).sw, '9000')
  assert.equal(terminal.send('80E88001', file.subarray(60)).sw, '9000')
})

test('every form a converter makes is taken: formats 2.1 and 2.2, integers, exports, descriptor or none, several applets', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  const applets = [LIBRARY.module, fromHex('F04D44470102'), fromHex('F04D44470103')]
  for (const format of ['2.1', '2.2'] as const)
    for (const flag of [
      {},
      { int: true },
      { exports: true },
      { debug: true },
      { int: true, exports: true, debug: true },
    ])
      for (const modules of [[], applets.slice(0, 1), applets])
        for (const drop of ['', 'Descriptor']) {
          const parts = new Map(buildComponents({ package: library, applets: modules, format, ...flag }))
          parts.delete(drop as never)
          const name = JSON.stringify({ format, flag, modules: modules.length, drop })
          assert.equal(loadFile(terminal, LIBRARY.package, joined(parts)).sw, '9000', name)
          const line = hex(terminal.send('80F21002', tlv(0x4f, LIBRARY.package)).data)
          assert.equal(line.split('8406').length - 1, modules.length, name)
          for (const module of modules) assert.ok(line.includes(`8406${hex(module)}`), name)
          assert.equal(terminal.send('80E40080', tlv(0x4f, LIBRARY.package)).sw, '9000', name)
        }
})

test('a file of more than 255 blocks: their numbers begin again at 00', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card, { level: 0x01 })
  assert.equal(loadFile(terminal, LIBRARY.package, libraryFile(60_000)).sw, '9000')
  assert.ok((card.memory.read('gp/F04D444701.code')?.length ?? 0) > 300 * 200)
})

test('a file of 32 KiB in blocks of 239 bytes', () => {
  const terminal = Terminal.open(poweredCard(), { level: 0x01 })
  assert.equal(loadFile(terminal, LIBRARY.package, libraryFile(0x7f00), { blockSize: 239 }).sw, '9000')
})
