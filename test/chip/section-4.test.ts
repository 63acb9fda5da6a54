/** Facts section 4 word by word: the chip can be brought to give it, or docs/decisions/0110 says that no card was seen to. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { ChipBehaviour } from '../../applets-sim/image.ts'
import { type ApplicationName, testCard } from './card.ts'
import { deliverKey } from './secure-terminal.ts'

const AUTH = '002000980431323334'
const TEXT = '002000910431323334'
const ZEROS = '00'.repeat(256)

/** Application, commands before, the command; what differs in the card. */
type Way = readonly [
  application: ApplicationName | undefined,
  before: readonly string[],
  command: string,
  card?: { readonly chip?: Partial<ChipBehaviour>; readonly cells?: Record<string, Record<string, string>> },
]

const GIVEN: Readonly<Record<string, Way>> = {
  '9000': ['jpki', [], AUTH],
  '6283': [undefined, [], '00A4040C0AD392F000260100000001', { cells: { jpki: { '.life': '8F' } } }],
  '6300': ['jpki', [], AUTH, { cells: { jpki: { '0018.pin': '39', '0018.limit': '00' } } }],
  '63C2': ['jpki', [], '002000980430303030'],
  '66F1': ['common', [], `80AE0000000100${ZEROS}`],
  '6700': ['isd', [], '00CA7F2100'],
  '6881': ['jpki', [], '01B0000001'],
  '6882': ['jpki', [], '08A4020C02000A'],
  '6981': ['common', [], '00B0810001'],
  '6982': ['jpki', [], '00B0810004'],
  '6984': ['text', [], '002000920431323334'],
  '6985': ['jpki', [], '00840000000008'],
  '6986': ['jpki', [], '00B0000001'],
  '69FC': ['jpki', [], '0CB08A0001'],
  '6A80': ['text', [TEXT], `80AE0000000100${ZEROS}`],
  '6A81': ['common', [], '00B2010D00'],
  '6A82': ['jpki', [], '00A4020C020099'],
  '6A83': ['common', [], '00B2020C00'],
  '6A86': ['jpki', [], '802A06800100'],
  '6A88': ['isd', [], '00CA00FF00'],
  '6B00': ['jpki', ['00B0880001'], '00B07FFF01'],
  '6D00': ['jpki', [], '00FE0000'],
  '6E00': ['jpki', [], 'A0A4000002'],
  '6F00': [undefined, [], '0084000008', { chip: { firstCommandFails: true } }],
  '610E': ['jpki', [], '00A4040005D392F0002600', { chip: { getResponse: true } }],
  '6C03': ['jpki', ['00A4020C020008'], '00B0000000', { chip: { getResponse: true } }],
}

for (const [word, [application, before, command, { chip = {}, cells = {} } = {}]] of Object.entries(GIVEN))
  test(`${word} is given`, () => {
    const card = testCard(chip, cells)
    if (application !== undefined) card.select(application)
    for (const earlier of before) card.send(earlier)
    assert.equal(card.sw(command), word)
  })

test('6987 and 6988 in a session of secure messaging', () => {
  const card = testCard()
  card.select('text')
  card.send(TEXT)
  deliverKey((command) => card.card.transmit(command))
  assert.equal(card.sw('0CB0810001'), '6987')
  assert.equal(card.sw('08B081000101'), '6988')
})

test('the rest is specified and was never seen: docs/decisions/0110 names it, and nothing that is given', () => {
  const page = readFileSync(new URL('../../docs/decisions/0110-status-words-never-given.md', import.meta.url), 'utf8')
  const named = [...page.matchAll(/^\| `([0-9A-F]{4})`/gm)].map(([, word]) => word)
  assert.deepEqual(named, ['6281', '6282', '6381', '6400', '6581', '6983', '6A84', '6A85', '6A87'])
  for (const word of named) assert.ok(!Object.hasOwn(GIVEN, word ?? ''), word)
})
