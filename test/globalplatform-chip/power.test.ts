/** The power-cut sweep over every GlobalPlatform command: old state or new, memory accounted for, every applet's world closed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FREE_AREA } from '../../applets-sim/globalplatform/free-areas.ts'
import type { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { concat } from '../../src/base/bytes.ts'
import { fromHex } from '../../src/base/hex.ts'
import { tlv } from '../../src/base/tlv.ts'
import { PowerLost } from '../../src/card/ports.ts'
import { type Cells, type Step, sweep } from '../fault/sweep.ts'
import { poweredCard, sequence } from './card.ts'
import { DOMAIN, keyField, keySetField, LIBRARY, libraryFile, list, lvs } from './content.ts'
import { Terminal, testKeys } from './terminal.ts'

const INSTANCE = fromHex('F04D4447010101')
const JPKI = fromHex('D392F000260100000001')

const terminals = new WeakMap<SimulatedCard, Terminal>()
const terminalOf = (card: SimulatedCard): Terminal => terminals.get(card) as Terminal

const command = (name: string, header: string, data: Uint8Array | string = new Uint8Array()): Step => ({
  name,
  run: (card) => assert.equal(terminalOf(card).send(header, data).sw, '9000', name),
})

const gp = (cells: Cells, change: Readonly<Record<string, string | undefined>>): Cells => {
  const next = { ...cells['gp'], ...change } as Record<string, string>
  for (const [name, content] of Object.entries(change)) if (content === undefined) delete next[name]
  return { ...cells, gp: next }
}

/** Opening a channel counts, supposes a failure and takes it back: three writes, each a state of its own. */
const openChannel: Step = {
  name: 'open a channel',
  run: (card) => terminals.set(card, Terminal.open(card)),
  between: (before) => {
    const counted = gp(before, { 'A000000151000000.counter.FF': '000001' })
    return [counted, gp(counted, { 'A000000151000000.velocity': '0100' })]
  },
}

const script: readonly Step[] = [
  openChannel,
  command('announce a file', '80E60200', lvs(LIBRARY.package, '', '', '', '')),
  command('first block', '80E80000', tlv(0xc4, libraryFile()).subarray(0, 50)),
  command('last block', '80E88001', tlv(0xc4, libraryFile()).subarray(50)),
  command('install', '80E60C00', lvs(LIBRARY.package, LIBRARY.module, INSTANCE, '000000', 'C900', '')),
  command('for personalization', '80E62000', lvs('', '', INSTANCE, '', '', '')),
  command('PIN and records', '80E28000', '0101043132333402010141020201420203'.concat('0143')),
  command('a domain', '80E60C00', lvs(DOMAIN.package, DOMAIN.module, FREE_AREA, '804000', 'EF06C80400004000', '')),
  command('extradition', '80E61000', lvs(FREE_AREA, '', INSTANCE, '', '', '')),
  command('registry update', '80E64000', lvs('', '', INSTANCE, '100000', 'EF06C80400001000', '')),
  command('lock all', '80F06080', FREE_AREA),
  command('unlock all', '80F06000', FREE_AREA),
  command('token key', '80D80001', concat(Uint8Array.of(0x71), keyField(testKeys().dek, sequence(16)))),
  command('new keys', '80D80081', keySetField(testKeys().dek, 1, testKeys())),
  command('keys again', '80D80181', keySetField(testKeys().dek, 2, testKeys())),
  command('delete a key', '80E40000', 'D20171'),
  command('data objects', '80E29000', '4204AABBCCDD4502123466020000'),
  command('for JPKI', '80E62000', lvs('', '', JPKI, '', '', '')),
  command('JPKI objects', '80E28800', '100A033001AA3018043132333450000107'),
  command('lock JPKI', '80F04080', JPKI),
  command('delete instance', '80E40000', tlv(0x4f, INSTANCE)),
  command('delete domain', '80E40080', tlv(0x4f, FREE_AREA)),
  command('delete package', '80E40080', tlv(0x4f, LIBRARY.package)),
  command('lock the card', '80F0807F'),
  command('terminate the card', '80F080FF'),
]

test('after a cut at any write the card is as before the command or as after it', () => {
  const cuts = sweep({
    name: 'GlobalPlatform',
    make: () => poweredCard(),
    prepare: () => undefined,
    script,
    invariants: [
      (card, _, cut) => {
        if (card.memory.read('gp/card')?.[0] === 0xff) return
        const terminal = Terminal.open(card)
        const aids = [...list(terminal, '40'), ...list(terminal, '20')]
        // No cell without an owner in the registry: nothing is left behind, memory is accounted for.
        for (const key of card.memory.keys('gp/').filter((cell) => cell.includes('.'))) {
          const owner = key.slice(3, key.indexOf('.'))
          assert.ok(owner === 'A000000151000000' || aids.includes(owner), `${cut}: ${key} belongs to nobody`)
        }
        for (const aid of aids.filter((known) => known.startsWith('F04D444701') && known.length === 10))
          assert.ok(card.memory.read(`gp/${aid}.code`), `${cut}: a package without code`)
        assert.equal(terminal.send('80CAFF21').sw, '9000')
      },
    ],
  })
  assert.ok(cuts > 150, `${cuts} cuts`)
})

test('a cut inside a command leaves no transaction open', () => {
  const card = poweredCard()
  const terminal = Terminal.open(card)
  card.memory.planCut({ write: card.memory.writes + 1, at: 'inside' })
  assert.throws(() => terminal.send('80E29000', '4204AABBCCDD'), PowerLost)
  card.powerOn('contact')
  assert.equal(Terminal.open(card).send('80E29000', '4204AABBCCDD').sw, '9000')
})
